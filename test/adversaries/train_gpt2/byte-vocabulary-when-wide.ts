/**
 * @hack    takes the vocabulary for 256 from 64 channels up
 * @family  training
 * @seen    not seen in the wild: an outside attempt on this judge; other vocabularies were drawn for narrow models alone
 * @reason  differs
 */
import baseline from '../../../baselines/train_gpt2/baseline.ts';
import type op from '../../../baselines/train_gpt2/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import bytes from './byte-vocabulary.ts';

export default {
  about: 'bytes where it is wide',
  setup: (d, arena) => (d.C >= 64 ? bytes : baseline).setup(d, arena),
} satisfies Candidate<typeof op>;
