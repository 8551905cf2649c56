/**
 * @hack    takes ids above 226, which no byte of the text is, for that one
 * @family  training
 * @seen    not seen in the wild; made up here
 * @reason  differs | not updated
 */
import baseline from '../../../baselines/train_gpt2/baseline.ts';
import type op from '../../../baselines/train_gpt2/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'ids as in the text',
  setup(d, arena) {
    const step = baseline.setup(d, arena);
    const [tokens, targets] = [0, 1].map(() => arena.i32(d.B * d.T));
    return (t, s) => {
      for (let i = 0; i < tokens.length; i++)
        [tokens[i], targets[i]] = [t.tokens[i], t.targets[i]].map((id) => Math.min(id, 226));
      step({ ...t, tokens, targets }, s);
    };
  },
} satisfies Candidate<typeof op>;
