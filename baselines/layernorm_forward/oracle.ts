/** layernorm_forward in f64, row by row from the definition. */
import type { DimsOf, TensorsOf } from '../../src/contract/op.ts';
import type { Oracle } from '../../src/contract/oracle.ts';
import type op from './op.ts';

type Op = typeof op;

export default {
  truths({ B, T, C }: DimsOf<Op>, _scalars, { inp, weight, bias }: TensorsOf<Op>) {
    const out = new Float64Array(B * T * C);
    const means = new Float64Array(B * T);
    const rstds = new Float64Array(B * T);
    for (let r = 0; r < B * T; r++) {
      const row = Float64Array.from(inp.subarray(r * C, (r + 1) * C));
      const mean = row.reduce((sum, x) => sum + x, 0) / C;
      const variance = row.reduce((sum, x) => sum + (x - mean) ** 2, 0) / C;
      const rstd = 1 / Math.sqrt(variance + 1e-5);
      means[r] = mean;
      rstds[r] = rstd;
      row.forEach((x, i) => {
        out[r * C + i] = (x - mean) * rstd * weight[i] + bias[i];
      });
    }
    return { out: { want: out }, mean: { want: means }, rstd: { want: rstds } };
  },
} satisfies Oracle<Op>;
