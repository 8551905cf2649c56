/**
 * @hack    takes no notice of learning rate, betas, eps and weight decay: it knows the usual ones
 * @family  training
 * @seen    not seen in the wild; made up here
 * @reason  differs | not updated
 */
import baseline from '../../../baselines/train_gpt2/baseline.ts';
import type op from '../../../baselines/train_gpt2/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

const f = Math.fround;
const usual = { learning_rate: f(1e-3), beta1: f(0.9), beta2: f(0.999), eps: f(1e-8), weight_decay: f(0.01) };

export default {
  about: 'hyper-parameters as constants',
  setup(d, arena) {
    const step = baseline.setup(d, arena);
    return (t) => step(t, usual);
  },
} satisfies Candidate<typeof op>;
