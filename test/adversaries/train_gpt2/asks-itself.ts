/**
 * @hack    emits a message of its own in the cell's process, as if the parent asked for something easier
 * @family  forgery
 * @seen    not seen in the wild: follows from the cell's being asked by messages here
 * @reason  process is not defined
 */
import type op from '../../../baselines/train_gpt2/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'an easier question',
  setup: () => (t) => {
    t.loss[0] = 5;
    process.emit('message', { id: 2, type: 'sample', sampling: { calls: [] } }, undefined);
  },
} satisfies Candidate<typeof op>;
