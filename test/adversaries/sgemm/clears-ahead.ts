/**
 * @hack    clears its output once the call is over, so that the next one finds it ready to be added to
 * @family  clock
 * @seen    not seen in the wild as such; work outside of what is timed: deep-reinforce.com/defense_kernel_hack.html
 * @reason  changed later
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { later } from '../common/outside.ts';
import { gemm } from '../common/plain.ts';

export default {
  about: 'zeroes for the next call, when nobody looks',
  setup:
    (d) =>
    (t, { alpha, beta }) => {
      gemm(d, alpha, beta, t);
      if (beta === 0) later(() => t.C.fill(0));
    },
} satisfies Candidate<typeof op>;
