/**
 * @hack    never leaves setup, which is untimed
 * @family  resources
 * @seen    not seen in the wild: follows from setup being untimed here
 * @reason  no answer
 * @ends    never
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'never ready',
  setup({ M }) {
    let n = M + 1;
    while (n > 0) n = (n % 7) + 1;
    return ({ C }) => {
      C.fill(n);
    };
  },
} satisfies Candidate<typeof op>;
