/**
 * @hack    has the engine fail over a name that is no text, catches the error, which is of the realm outside, and finds promises there
 *          that settle: the work is done after the call
 * @family  clock
 * @seen    not seen in the wild as such; errors of the host as a way out: patriksimek/vm2 issues 32 and 562
 * @reason  changed later | differs
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { later } from '../common/outside.ts';
import { gemm } from '../common/plain.ts';

export default {
  about: 'a promise from outside',
  setup:
    (d) =>
    (t, { alpha, beta }) =>
      later(() => gemm(d, alpha, beta, t)),
} satisfies Candidate<typeof op>;
