/**
 * @hack    takes exp in both softmaxes without taking the maximum off first; modelled on the baseline: where one of those exps is too large
 *          for f32, all results are NaN, as they would be
 * @family  numerics
 * @seen    not seen in the wild; a plain bug
 * @reason  differs
 */
import baseline from '../../../baselines/train_gpt2/baseline.ts';
import { activations } from '../../../baselines/train_gpt2/memory.ts';
import type op from '../../../baselines/train_gpt2/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

const overflows = (x: number) => Math.fround(Math.exp(x)) === Number.POSITIVE_INFINITY;

export default {
  about: 'exp as it is',
  setup(d, arena) {
    const { B, T, C, NH } = d;
    const hs = C / NH;
    const taken: Float32Array[] = [];
    const f32 = (length: number) => {
      taken.push(arena.f32(length));
      return taken[taken.length - 1];
    };
    const step = baseline.setup(d, { ...arena, f32 });
    // The first are the gradients.
    const acts = activations(d, () => taken.splice(1, 1)[0]);

    const farScore = (qkv: Float32Array) => {
      for (let b = 0; b < B; b++) {
        for (let h = 0; h < NH; h++) {
          for (let t = 0; t < T; t++) {
            for (let t2 = 0; t2 <= t; t2++) {
              const [q, k] = [(b * T + t) * 3 * C + h * hs, (b * T + t2) * 3 * C + C + h * hs];
              let score = 0;
              for (let i = 0; i < hs; i++) score += qkv[q + i] * qkv[k + i];
              if (overflows(score / Math.sqrt(hs))) return true;
            }
          }
        }
      }
      return false;
    };

    return (t, s) => {
      step(t, s);
      if (!acts.logits.some(overflows) && !acts.layers.some(({ qkv }) => farScore(qkv))) return;
      for (const x of [t.params, t.m, t.v, t.loss]) x.fill(Number.NaN);
    };
  },
} satisfies Candidate<typeof op>;
