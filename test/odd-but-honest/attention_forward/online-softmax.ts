/**
 * Odd      one pass over the keys: maximum, sum and weighted values are kept up together and rescaled whenever a larger score turns
 *          up; att is filled in afterwards.
 * Honest   the rescaling costs a rounding each time, and no more.
 * Source   Milakov and Gimelshein 2018, arXiv:1805.02867.
 */
import type op from '../../../baselines/attention_forward/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

const { fround } = Math;

export function attention_forward(
  out: Float32Array,
  att: Float32Array,
  inp: Float32Array,
  B: number,
  T: number,
  C: number,
  NH: number,
): void {
  const hs = C / NH;
  const scale = fround(1 / Math.sqrt(hs));
  for (let row = 0; row < B * NH * T; row++) {
    const [b, h, t] = [Math.floor(row / (NH * T)), Math.floor(row / T) % NH, row % T];
    const place = (t2: number, part: number) => ((b * T + t2) * 3 + part) * C + h * hs;
    const query = place(t, 0);
    const at = (b * T + t) * C + h * hs;
    let most = Number.NEGATIVE_INFINITY;
    let sum = 0;
    out.fill(0, at, at + hs);
    att.fill(0, row * T, (row + 1) * T);
    for (let t2 = 0; t2 <= t; t2++) {
      const [key, value] = [place(t2, 1), place(t2, 2)];
      let score = 0;
      for (let i = 0; i < hs; i++) score = fround(score + fround(inp[query + i] * inp[key + i]));
      score = fround(score * scale);
      const next = Math.max(most, score);
      const kept = fround(Math.exp(most - next));
      const added = fround(Math.exp(score - next));
      for (let i = 0; i < hs; i++) out[at + i] = fround(out[at + i] * kept) + fround(added * inp[value + i]);
      sum = fround(fround(sum * kept) + added);
      most = next;
      att[row * T + t2] = score;
    }
    for (let i = 0; i < hs; i++) out[at + i] /= sum;
    for (let t2 = 0; t2 <= t; t2++) att[row * T + t2] = fround(Math.exp(att[row * T + t2] - most)) / sum;
  }
}

export default {
  about: 'online softmax, keys visited once',
  setup({ B, T, C, NH }) {
    return ({ out, att, inp }) => attention_forward(out, att, inp, B, T, C, NH);
  },
} satisfies Candidate<typeof op>;
