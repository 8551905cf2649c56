/** A candidate of gelu_forward in plain loops, whose result is this factor times x (1 + tanh …): 0.5 is right. */
export const geluSource = (factor: string, imports = ''): string => `${imports}
export default {
  about: 'plain loops',
  setup({ N }) {
    return ({ out, inp }) => {
      for (let i = 0; i < N; i++) {
        const x = inp[i];
        out[i] = ${factor} * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
      }
    };
  },
};
`;
