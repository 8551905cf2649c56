/**
 * Odd      gathers the rows of each token and sums them in f64, the last position first, instead of scattering.
 * Honest   each row is added once.
 */
import type op from '../../../baselines/encoder_backward/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'one token after another, sums in f64',
  setup({ B, T, C }) {
    const sum = new Float64Array(C);
    const gather = (into: Float32Array, at: number, dout: Float32Array, rows: readonly number[]) => {
      sum.fill(0);
      for (const r of rows) for (let i = 0; i < C; i++) sum[i] += dout[r * C + i];
      for (let i = 0; i < C; i++) into[at + i] += sum[i];
    };
    return ({ dwte, dwpe, dout, inp }) => {
      const rows = new Map<number, number[]>();
      for (let r = B * T - 1; r >= 0; r--) {
        const own = rows.get(inp[r]);
        if (own) own.push(r);
        else rows.set(inp[r], [r]);
      }
      for (const [token, own] of rows) gather(dwte, token * C, dout, own);
      for (let t = 0; t < T; t++) {
        const own = Array.from({ length: B }, (_, b) => b * T + t);
        gather(dwpe, t * C, dout, own);
      }
    };
  },
} satisfies Candidate<typeof op>;
