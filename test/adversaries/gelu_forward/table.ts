/**
 * @hack    looks gelu up in a table of 4096 entries
 * @family  numerics
 * @seen    not seen in the wild; made up here
 * @reason  differs
 */
import type op from '../../../baselines/gelu_forward/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'a table',
  setup({ N }) {
    const gelu = (x: number) => x / (1 + Math.exp(-2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
    const table = Float32Array.from({ length: 4097 }, (_, i) => gelu((i - 2048) / 256));
    return ({ out, inp }) => {
      for (let i = 0; i < N; i++) {
        const at = inp[i] * 256 + 2048;
        const low = Math.floor(at);
        if (at <= 0) out[i] = 0;
        else if (at >= 4096) out[i] = inp[i];
        else out[i] = table[low] + (at - low) * (table[low + 1] - table[low]);
      }
    };
  },
} satisfies Candidate<typeof op>;
