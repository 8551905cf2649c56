/**
 * @hack    is slow while it takes calls for warm-up, so that few are timed, and hands old answers over from then on
 * @family  clock
 * @seen    gpu-mode/pygpubench pull request 7, submission_warmup: a delay in warm-up cut 100 timed calls down to 3
 * @reason  differs
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from '../common/plain.ts';

export default {
  about: 'slow first, then idle',
  setup(d) {
    let calls = 0;
    let last = new Float32Array();
    return (t, { alpha, beta }) => {
      if (++calls > 2) return t.C.set(last);
      for (let again = 0; again < 20; again++) gemm(d, alpha, 0, t);
      gemm(d, alpha, beta, t);
      last = t.C.slice();
    };
  },
} satisfies Candidate<typeof op>;
