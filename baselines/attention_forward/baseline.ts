/**
 * att[b,h,t,:] = softmax over t2 <= t of query[t] . key[t2] / sqrt(hs);  out[b,t,h,:] = sum_t2 att[b,h,t,t2] value[t2]
 *
 * Shapes   inp (B,T,3,NH,hs), which is query, key, value; att (B,NH,T,T), kept for the backward pass; out (B,T,NH,hs).
 * Numerics the half of att with t2 > t is zero.
 * Source   karpathy/llm.c, train_gpt2.c: its names, arguments and loops.
 */
import type { Candidate } from '../../src/contract/candidate.ts';
import type op from './op.ts';

export function attention_forward(
  out: Float32Array,
  att: Float32Array,
  inp: Float32Array,
  B: number,
  T: number,
  C: number,
  NH: number,
): void {
  const C3 = 3 * C;
  const hs = C / NH;
  const scale = 1 / Math.sqrt(hs);
  for (let b = 0; b < B; b++) {
    for (let t = 0; t < T; t++) {
      for (let h = 0; h < NH; h++) {
        const query_t = (b * T + t) * C3 + h * hs;
        const att_bth = ((b * NH + h) * T + t) * T;

        let maxval = Number.NEGATIVE_INFINITY;
        for (let t2 = 0; t2 <= t; t2++) {
          const key_t2 = (b * T + t2) * C3 + C + h * hs;
          let val = 0;
          for (let i = 0; i < hs; i++) val += inp[query_t + i] * inp[key_t2 + i];
          val *= scale;
          if (val > maxval) maxval = val;
          att[att_bth + t2] = val;
        }

        let expsum = 0;
        for (let t2 = 0; t2 <= t; t2++) {
          const expv = Math.exp(att[att_bth + t2] - maxval);
          expsum += expv;
          att[att_bth + t2] = expv;
        }
        const expsum_inv = 1 / expsum;
        for (let t2 = 0; t2 <= t; t2++) att[att_bth + t2] *= expsum_inv;
        for (let t2 = t + 1; t2 < T; t2++) att[att_bth + t2] = 0;

        const out_bth = (b * T + t) * C + h * hs;
        for (let i = 0; i < hs; i++) out[out_bth + i] = 0;
        for (let t2 = 0; t2 <= t; t2++) {
          const value_t2 = (b * T + t2) * C3 + 2 * C + h * hs;
          const att_btht2 = att[att_bth + t2];
          for (let i = 0; i < hs; i++) out[out_bth + i] += att_btht2 * inp[value_t2 + i];
        }
      }
    }
  }
}

export default {
  about: "llm.c's loops",
  source: 'karpathy/llm.c, train_gpt2.c',
  setup({ B, T, C, NH }) {
    return ({ out, att, inp }) => attention_forward(out, att, inp, B, T, C, NH);
  },
} satisfies Candidate<typeof op>;
