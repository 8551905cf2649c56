/**
 * The three steps of attention_forward from last to first. datt (T) is scratch: the gradient of one row of att.
 *
 * Source   karpathy/llm.c, train_gpt2.c: its names, arguments and loops.
 */
import type { Candidate } from '../../src/contract/candidate.ts';
import type op from './op.ts';

export function attention_backward(
  dinp: Float32Array,
  datt: Float32Array,
  dout: Float32Array,
  inp: Float32Array,
  att: Float32Array,
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
        const att_bth = ((b * NH + h) * T + t) * T;
        const query_t = (b * T + t) * C3 + h * hs;
        const dout_bth = (b * T + t) * C + h * hs;

        let att_datt = 0;
        for (let t2 = 0; t2 <= t; t2++) {
          const value_t2 = (b * T + t2) * C3 + 2 * C + h * hs;
          const att_btht2 = att[att_bth + t2];
          let val = 0;
          for (let i = 0; i < hs; i++) {
            const d = dout[dout_bth + i];
            val += inp[value_t2 + i] * d;
            dinp[value_t2 + i] += att_btht2 * d;
          }
          datt[t2] = val;
          att_datt += att_btht2 * val;
        }

        for (let t2 = 0; t2 <= t; t2++) {
          const key_t2 = (b * T + t2) * C3 + C + h * hs;
          const d = att[att_bth + t2] * (datt[t2] - att_datt) * scale;
          for (let i = 0; i < hs; i++) {
            dinp[query_t + i] += inp[key_t2 + i] * d;
            dinp[key_t2 + i] += inp[query_t + i] * d;
          }
        }
      }
    }
  }
}

export default {
  about: "llm.c's loops",
  source: 'karpathy/llm.c, train_gpt2.c',
  setup({ B, T, C, NH }, arena) {
    const datt = arena.f32(T);
    return ({ dinp, dout, inp, att }) => attention_backward(dinp, datt, dout, inp, att, B, T, C, NH);
  },
} satisfies Candidate<typeof op>;
