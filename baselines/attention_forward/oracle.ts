/** attention_forward in f64, row by row from the definition; `scale` is the propagated error of op.ts in units of u. */
import type { DimsOf, TensorsOf } from '../../src/contract/op.ts';
import type { Oracle } from '../../src/contract/oracle.ts';
import type op from './op.ts';

type Op = typeof op;

/** 2^-124 in units of u. */
const floor = 2 ** (24 - 124);

export default {
  truths({ B, T, C, NH }: DimsOf<Op>, _scalars, inputs: TensorsOf<Op>) {
    const hs = C / NH;
    const inp = Float64Array.from(inputs.inp);
    const out = { want: new Float64Array(B * T * C), scale: new Float64Array(B * T * C) };
    const att = { want: new Float64Array(B * NH * T * T), scale: new Float64Array(B * NH * T * T) };
    for (let b = 0; b < B; b++) {
      for (let h = 0; h < NH; h++) {
        const place = (t: number, part: number) => ((b * T + t) * 3 + part) * C + h * hs;
        for (let t = 0; t < T; t++) {
          const keys = Array.from({ length: t + 1 }, (_, t2) => place(t2, 1));
          const { p, dp } = softmax(inp, place(t, 0), keys, hs);
          att.want.set(p, ((b * NH + h) * T + t) * T);
          att.scale.set(dp, ((b * NH + h) * T + t) * T);
          const at = (b * T + t) * C + h * hs;
          for (let t2 = 0; t2 <= t; t2++) {
            const value = place(t2, 2);
            const off = dp[t2] + p[t2] * ofSum(t + 1);
            for (let i = 0; i < hs; i++) {
              out.want[at + i] += p[t2] * inp[value + i];
              out.scale[at + i] += off * Math.abs(inp[value + i]);
            }
          }
        }
      }
    }
    return { out, att };
  },
} satisfies Oracle<Op>;

/** The error of a sum of n terms, as a share of the sum of their absolute values. */
const ofSum = (n: number) => n / 2 + 8;

/** The probabilities of one row, and how far they may be off; `query` and `keys` say where in inp they start. */
function softmax(inp: Float64Array, query: number, keys: readonly number[], hs: number) {
  const n = keys.length;
  const root = Math.sqrt(hs);
  const scores = new Float64Array(n);
  const ds = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < hs; i++) {
      const product = inp[query + i] * inp[keys[j] + i];
      scores[j] += product;
      ds[j] += Math.abs(product);
    }
    scores[j] /= root;
    ds[j] *= (2 * root + 8) / root;
  }
  let most = Number.NEGATIVE_INFINITY;
  for (const score of scores) most = Math.max(most, score);
  const p = new Float64Array(n);
  let sum = 0;
  for (let j = 0; j < n; j++) {
    p[j] = Math.exp(scores[j] - most);
    sum += p[j];
  }
  let meanDs = 0;
  let meanDx = 0;
  const dx = scores.map((score) => 2 * (most - score) + 8);
  for (let j = 0; j < n; j++) {
    p[j] /= sum;
    meanDs += p[j] * ds[j];
    meanDx += p[j] * dx[j];
  }
  const dp = p.map((pj, j) => {
    const others = meanDs - pj * ds[j];
    return pj * ((1 - pj) * ds[j] + others + dx[j] + meanDx + ofSum(n)) + floor;
  });
  return { p, dp };
}
