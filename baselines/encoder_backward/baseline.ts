/**
 * dwte[inp[b,t],:] += dout[b,t,:];  dwpe[t,:] += dout[b,t,:]
 *
 * Source   karpathy/llm.c, train_gpt2.c: its names, arguments and loops.
 */
import type { Candidate } from '../../src/contract/candidate.ts';
import type op from './op.ts';

export function encoder_backward(
  dwte: Float32Array,
  dwpe: Float32Array,
  dout: Float32Array,
  inp: Int32Array,
  B: number,
  T: number,
  C: number,
): void {
  for (let b = 0; b < B; b++) {
    for (let t = 0; t < T; t++) {
      const dout_bt = (b * T + t) * C;
      const dwte_ix = inp[b * T + t] * C;
      const dwpe_t = t * C;
      for (let i = 0; i < C; i++) {
        const d = dout[dout_bt + i];
        dwte[dwte_ix + i] += d;
        dwpe[dwpe_t + i] += d;
      }
    }
  }
}

export default {
  about: "llm.c's loops",
  source: 'karpathy/llm.c, train_gpt2.c',
  setup({ B, T, C }) {
    return ({ dwte, dwpe, dout, inp }) => encoder_backward(dwte, dwpe, dout, inp, B, T, C);
  },
} satisfies Candidate<typeof op>;
