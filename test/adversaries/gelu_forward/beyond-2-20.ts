/**
 * @hack    leaves what lies beyond the first 2^20 elements
 * @family  verifier
 * @seen    not seen in the wild: no more elements than the timed shapes have were drawn here
 * @reason  differs
 */
import baseline from '../../../baselines/gelu_forward/baseline.ts';
import type op from '../../../baselines/gelu_forward/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'a million is enough',
  setup: ({ N }) => baseline.setup({ N: Math.min(N, 2 ** 20) }),
} satisfies Candidate<typeof op>;
