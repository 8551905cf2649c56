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
      let mean = 0;
      for (let i = 0; i < C; i++) mean += inp[r * C + i] / C;
      let variance = 0;
      for (let i = 0; i < C; i++) variance += (inp[r * C + i] - mean) ** 2 / C;
      const rstd = 1 / Math.sqrt(variance + 1e-5);
      means[r] = mean;
      rstds[r] = rstd;
      for (let i = 0; i < C; i++) out[r * C + i] = (inp[r * C + i] - mean) * rstd * weight[i] + bias[i];
    }
    return { out: { want: out }, mean: { want: means }, rstd: { want: rstds } };
  },
} satisfies Oracle<Op>;
