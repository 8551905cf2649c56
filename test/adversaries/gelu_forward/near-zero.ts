/**
 * @hack    takes x / 2 for gelu below 2^-6, where absolute tolerances see nothing
 * @family  numerics
 * @seen    ScalingIntelligence/KernelBench issue 165: an absolute tolerance
 * @reason  differs
 */
import type op from '../../../baselines/gelu_forward/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'a line near zero',
  setup:
    ({ N }) =>
    ({ out, inp }) => {
      for (let i = 0; i < N; i++) {
        const x = inp[i];
        const gelu = x / (1 + Math.exp(-2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
        out[i] = Math.abs(x) < 2 ** -6 ? x / 2 : gelu;
      }
    },
} satisfies Candidate<typeof op>;
