/** Draws of the two attention ops: queries, keys and values, and for the backward op the probabilities that belong to them. */
import type { Rng } from '../../src/contract/random.ts';
import { normal } from '../draws.ts';

interface Dims {
  readonly B: number;
  readonly T: number;
  readonly C: number;
  readonly NH: number;
}

/** `extreme`: scores in the hundreds, which exp overflows on. `equal`: all rows of a sequence are one and the same. */
export const distributions = ['normal', 'extreme', 'equal'];

/** inp (B,T,3C), which is query, key, value. */
export function drawInp(inp: Float32Array, { B, T, C }: Dims, rng: Rng, distribution: string): void {
  normal(inp, rng);
  const row = 3 * C;
  if (distribution === 'extreme') {
    for (let i = 0; i < inp.length; i++) if (i % row < 2 * C) inp[i] *= 15;
  }
  if (distribution === 'equal') {
    for (let b = 0; b < B; b++) {
      for (let t = 1; t < T; t++) inp.copyWithin((b * T + t) * row, b * T * row, (b * T + 1) * row);
    }
  }
}

/** att (B,NH,T,T) of inp: a softmax over t2 <= t in f64, rounded once, and zeros behind it. */
export function drawAtt(att: Float32Array, inp: Float32Array, { B, T, C, NH }: Dims): void {
  const hs = C / NH;
  const scores = new Float64Array(T);
  let at = 0;
  for (let bh = 0; bh < B * NH; bh++) {
    const query = Math.floor(bh / NH) * T * 3 * C + (bh % NH) * hs;
    for (let t = 0; t < T; t++, at += T) {
      for (let t2 = 0; t2 <= t; t2++) {
        scores[t2] = 0;
        for (let i = 0; i < hs; i++) scores[t2] += inp[query + t * 3 * C + i] * inp[query + C + t2 * 3 * C + i];
      }
      const live = scores.subarray(0, t + 1);
      const most = live.reduce((a, b) => Math.max(a, b));
      const exps = live.map((score) => Math.exp((score - most) / Math.sqrt(hs)));
      const sum = exps.reduce((a, b) => a + b);
      att.fill(0, at, at + T);
      for (let t2 = 0; t2 <= t; t2++) att[at + t2] = exps[t2] / sum;
    }
  }
}
