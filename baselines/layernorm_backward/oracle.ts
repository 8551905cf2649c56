/**
 * layernorm_backward in f64, row by row from the definition. `scale` of dinp is rstd (|g| + mean|g| + |n| mean|g n|); that of
 * dweight and dbias the sum of what is added and of what was there, each taken absolute, or 0 if nothing is added.
 */
import type { DimsOf, TensorsOf } from '../../src/contract/op.ts';
import type { Oracle } from '../../src/contract/oracle.ts';
import type op from './op.ts';

type Op = typeof op;

const meanOf = (row: Float64Array) => row.reduce((sum, x) => sum + x, 0) / row.length;

export default {
  truths({ B, T, C }: DimsOf<Op>, _scalars, inputs: TensorsOf<Op>) {
    const { dout, inp, weight, mean, rstd } = inputs;
    const dinp = { want: Float64Array.from(inputs.dinp), scale: new Float64Array(B * T * C) };
    const dweight = { want: Float64Array.from(inputs.dweight), scale: new Float64Array(C) };
    const dbias = { want: Float64Array.from(inputs.dbias), scale: new Float64Array(C) };
    for (let r = 0; r < B * T; r++) {
      const d = Float64Array.from(dout.subarray(r * C, (r + 1) * C));
      const n = Float64Array.from(inp.subarray(r * C, (r + 1) * C), (x) => (x - mean[r]) * rstd[r]);
      const g = d.map((x, i) => x * weight[i]);
      const gn = g.map((x, i) => x * n[i]);
      const [meanG, meanGn] = [meanOf(g), meanOf(gn)];
      const [absoluteG, absoluteGn] = [meanOf(g.map(Math.abs)), meanOf(gn.map(Math.abs))];
      for (let i = 0; i < C; i++) {
        dinp.want[r * C + i] += (g[i] - meanG - n[i] * meanGn) * rstd[r];
        dinp.scale[r * C + i] = rstd[r] * (Math.abs(g[i]) + absoluteG + Math.abs(n[i]) * absoluteGn);
        dweight.want[i] += n[i] * d[i];
        dweight.scale[i] += Math.abs(n[i] * d[i]);
        dbias.want[i] += d[i];
        dbias.scale[i] += Math.abs(d[i]);
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
