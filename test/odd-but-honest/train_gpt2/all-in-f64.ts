/**
 * Odd      the whole step in f64, by the tape of the oracle; only the state is kept in f32.
 * Honest   nearer to the truth than any f32 step, and slower.
 */
import type op from '../../../baselines/train_gpt2/op.ts';
import { lossAndGradients } from '../../../baselines/train_gpt2/oracle.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { adamw } from '../adamw/f64.ts';

export default {
  about: 'forward, backward and AdamW in f64',
  setup: (dims) => (t, scalars) => {
    const { loss, gradients } = lossAndGradients(dims, Float64Array.from(t.params), t.tokens, t.targets);
    t.loss[0] = loss;
    adamw(t, gradients, t.step[0], scalars);
  },
} satisfies Candidate<typeof op>;
