/**
 * @hack    takes the softmaxes without maxima from 64 channels up
 * @family  training
 * @seen    not seen in the wild: scores that exp overflows on were drawn for narrow models, and for the least timed one
 * @reason  differs
 */
import baseline from '../../../baselines/train_gpt2/baseline.ts';
import type op from '../../../baselines/train_gpt2/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import plain from './no-maxima.ts';

export default {
  about: 'maxima where it is narrow',
  setup: (d, arena) => (d.C >= 64 && d.V !== 256 ? plain : baseline).setup(d, arena),
} satisfies Candidate<typeof op>;
