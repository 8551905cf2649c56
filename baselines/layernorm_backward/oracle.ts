/**
 * layernorm_backward in f64, row by row from the definition. `scale` of dinp is rstd (|g| + mean|g| + |n| mean|g n|); that of
 * dweight and dbias the sum of what is added and of what was there, each taken absolute, or 0 if nothing is added.
 */
import type { DimsOf, TensorsOf } from '../../src/contract/op.ts';
import type { Oracle } from '../../src/contract/oracle.ts';
import type op from './op.ts';

type Op = typeof op;

export default {
  truths({ B, T, C }: DimsOf<Op>, _scalars, inputs: TensorsOf<Op>) {
    const { dout, inp, weight, mean, rstd } = inputs;
    const dinp = { want: new Float64Array(inputs.dinp), scale: new Float64Array(B * T * C) };
    const dweight = { want: new Float64Array(inputs.dweight), scale: new Float64Array(C) };
    const dbias = { want: new Float64Array(inputs.dbias), scale: new Float64Array(C) };
    const [n, g] = [new Float64Array(C), new Float64Array(C)];
    for (let r = 0; r < B * T; r++) {
      let [meanG, meanGn, absoluteG, absoluteGn] = [0, 0, 0, 0];
      for (let i = 0; i < C; i++) {
        n[i] = (inp[r * C + i] - mean[r]) * rstd[r];
        g[i] = dout[r * C + i] * weight[i];
        meanG += g[i] / C;
        meanGn += (g[i] * n[i]) / C;
        absoluteG += Math.abs(g[i]) / C;
        absoluteGn += Math.abs(g[i] * n[i]) / C;
      }
      for (let i = 0; i < C; i++) {
        const d = dout[r * C + i];
        dinp.want[r * C + i] += (g[i] - meanG - n[i] * meanGn) * rstd[r];
        dinp.scale[r * C + i] = rstd[r] * (Math.abs(g[i]) + absoluteG + Math.abs(n[i]) * absoluteGn);
        dweight.want[i] += n[i] * d;
        dweight.scale[i] += Math.abs(n[i] * d);
        dbias.want[i] += d;
        dbias.scale[i] += Math.abs(d);
      }
    }
    for (const [sum, before] of [
      [dweight, inputs.dweight],
      [dbias, inputs.dbias],
    ] as const) {
      for (let i = 0; i < C; i++) if (sum.scale[i] > 0) sum.scale[i] += Math.abs(before[i]);
    }
    return { dinp, dweight, dbias };
  },
} satisfies Oracle<Op>;
