/**
 * Odd      takes the gradient of one sequence at a time, adds them up in f64, and takes AdamW's step in f64. A gradient comes out of the
 *          baseline as the first moment that it leaves from zero with beta1 = 0.
 * Honest   the mean over a batch is the mean of its sequences' means.
 */
import baseline from '../../../baselines/train_gpt2/baseline.ts';
import { parameterCount } from '../../../baselines/train_gpt2/layout.ts';
import type op from '../../../baselines/train_gpt2/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { adamw } from '../adamw/f64.ts';

export default {
  about: 'micro-batches of one sequence, gradients added in f64',
  setup(dims, arena) {
    const { B, T } = dims;
    const N = parameterCount(dims);
    const one = baseline.setup({ ...dims, B: 1 }, arena);
    const [params, m, v, loss] = [N, N, N, 1].map((length) => arena.f32(length));
    const grads = new Float64Array(N);
    return (t, scalars) => {
      let sum = 0;
      grads.fill(0);
      for (let b = 0; b < B; b++) {
        const [tokens, targets] = [t.tokens, t.targets].map((ids) => ids.subarray(b * T, (b + 1) * T));
        params.set(t.params);
        m.fill(0);
        v.fill(0);
        one({ params, m, v, tokens, targets, step: t.step, loss }, { ...scalars, beta1: 0 });
        sum += loss[0];
        for (let i = 0; i < N; i++) grads[i] += m[i] / B;
      }
      t.loss[0] = sum / B;
      adamw(t, grads, t.step[0], scalars);
    };
  },
} satisfies Candidate<typeof op>;
