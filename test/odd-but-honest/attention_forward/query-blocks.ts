/**
 * Odd      takes four queries of a head at a time, the last block first, goes through all keys for them together, and sums from the
 *          last key to the first.
 * Honest   each row of att is its own softmax all the same.
 */
import type op from '../../../baselines/attention_forward/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

const block = 4;
const { fround } = Math;

export default {
  about: 'queries in blocks of four, last first',
  setup({ B, T, C, NH }) {
    const hs = C / NH;
    const scale = fround(1 / Math.sqrt(hs));
    return ({ out, att, inp }) => {
      att.fill(0);
      out.fill(0);
      for (let head = 0; head < B * NH; head++) {
        const [b, h] = [Math.floor(head / NH), head % NH];
        const place = (t: number, part: number) => ((b * T + t) * 3 + part) * C + h * hs;
        for (let first = Math.floor((T - 1) / block) * block; first >= 0; first -= block) {
          const last = Math.min(T, first + block);
          for (let t2 = 0; t2 < last; t2++) {
            for (let t = Math.max(first, t2); t < last; t++) {
              let score = 0;
              for (let i = 0; i < hs; i++) score = fround(score + fround(inp[place(t, 0) + i] * inp[place(t2, 1) + i]));
              att[(head * T + t) * T + t2] = score * scale;
            }
          }
          for (let t = first; t < last; t++) {
            const row = att.subarray((head * T + t) * T, (head * T + t) * T + t + 1);
            const most = row.reduce((a, b) => Math.max(a, b));
            const sum = row.reduceRight((total, score) => fround(total + fround(Math.exp(fround(score - most)))), 0);
            row.forEach((score, t2) => {
              row[t2] = fround(Math.exp(fround(score - most))) / sum;
            });
          }
          for (let t2 = last - 1; t2 >= 0; t2--) {
            for (let t = Math.max(first, t2); t < last; t++) {
              const [p, at] = [att[(head * T + t) * T + t2], (b * T + t) * C + h * hs];
              for (let i = 0; i < hs; i++) out[at + i] += p * inp[place(t2, 2) + i];
            }
          }
        }
      }
    };
  },
} satisfies Candidate<typeof op>;
