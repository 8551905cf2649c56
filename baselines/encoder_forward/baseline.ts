/**
 * out[b,t,:] = wte[inp[b,t],:] + wpe[t,:]          out (B,T,C); inp (B,T); wte (V,C); wpe (T,C)
 *
 * Source   karpathy/llm.c, train_gpt2.c: its names, arguments and loops.
 */
import type { Candidate } from '../../src/contract/candidate.ts';
import type op from './op.ts';

export function encoder_forward(
  out: Float32Array,
  inp: Int32Array,
  wte: Float32Array,
  wpe: Float32Array,
  B: number,
  T: number,
  C: number,
): void {
  for (let b = 0; b < B; b++) {
    for (let t = 0; t < T; t++) {
      const out_bt = (b * T + t) * C;
      const wte_ix = inp[b * T + t] * C;
      const wpe_t = t * C;
      for (let i = 0; i < C; i++) out[out_bt + i] = wte[wte_ix + i] + wpe[wpe_t + i];
    }
  }
}

export default {
  about: "llm.c's loops",
  source: 'karpathy/llm.c, train_gpt2.c',
  setup({ B, T, C }) {
    return ({ out, inp, wte, wpe }) => encoder_forward(out, inp, wte, wpe, B, T, C);
  },
} satisfies Candidate<typeof op>;
