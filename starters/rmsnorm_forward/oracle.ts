/** rmsnorm_forward in f64, from the definition. It shares no code with the baseline, and no candidate can reach it. */
import type { DimsOf, Oracle, TensorsOf } from 'nfold/contract';
import type op from './op.ts';

type Op = typeof op;

export default {
  truths({ B, T, C }: DimsOf<Op>, _scalars, { inp, weight }: TensorsOf<Op>) {
    const want = new Float64Array(B * T * C);
    for (let row = 0; row < B * T; row++) {
      const x = Float64Array.from(inp.subarray(row * C, (row + 1) * C));
      const meanSquare = x.reduce((sum, one) => sum + (one * one) / C, 0);
      for (let i = 0; i < C; i++) want[row * C + i] = (x[i] / Math.sqrt(meanSquare + 1e-5)) * weight[i];
    }
    return { out: { want } };
  },
} satisfies Oracle<Op>;
