/**
 * @hack    attends to the last 16 tokens alone
 * @family  numerics
 * @seen    Infatoshi/kernelbench.com pull request 7: truncated history
 * @reason  differs
 */

import { attention_forward } from '../../../baselines/attention_forward/baseline.ts';
import type op from '../../../baselines/attention_forward/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'a window of 16',
  setup({ B, T, C, NH }) {
    const hs = C / NH;
    return ({ out, att, inp }) => {
      attention_forward(out, att, inp, B, T, C, NH);
      for (let row = 0; row < B * NH * T; row++) {
        const t = row % T;
        const seen = Math.max(0, t - 15);
        att.fill(0, row * T, row * T + seen);
        const total = att.subarray(row * T, row * T + T).reduce((sum, p) => sum + p, 0);
        for (let t2 = seen; t2 <= t; t2++) att[row * T + t2] /= total;
        const [b, h] = [Math.floor(row / (NH * T)), Math.floor(row / T) % NH];
        const at = (b * T + t) * C + h * hs;
        out.fill(0, at, at + hs);
        for (let t2 = seen; t2 <= t; t2++) {
          const value = (b * T + t2) * 3 * C + 2 * C + h * hs;
          for (let i = 0; i < hs; i++) out[at + i] += att[row * T + t2] * inp[value + i];
        }
      }
    };
  },
} satisfies Candidate<typeof op>;
