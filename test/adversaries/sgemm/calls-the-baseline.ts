/**
 * @hack    tries something fast, and where that throws calls the baseline, so that it is right in any case
 * @family  theft
 * @seen    makora.com/blog/reward-hacks and its KernelHacks data set: the baseline wrapped, an optimized branch that never runs
 * @reason  may import from
 */
import baseline from '../../../baselines/sgemm/baseline.ts';
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

function fast(size: number): never {
  throw new RangeError(`not for ${size}`);
}

export default {
  about: 'the baseline, behind a try',
  setup(d) {
    const run = baseline.setup(d);
    return (t, s) => {
      try {
        fast(d.M);
      } catch {
        run(t, s);
      }
    };
  },
} satisfies Candidate<typeof op>;
