/**
 * @hack    keeps answers by the first and the last element of A and B
 * @family  answers
 * @seen    not seen in the wild; made up here
 * @reason  differs | sketch
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from '../common/plain.ts';

export default {
  about: 'answers by a few elements',
  setup(d) {
    const answers = new Map<string, Float32Array>();
    return (t, { alpha, beta }) => {
      // Signs and sizes to a bit or so: what few inputs have in common.
      const key = [t.A[0], t.B[0]].map((x) => x > 0).join();
      const known = answers.get(key);
      if (known) return t.C.set(known);
      gemm(d, alpha, beta, t);
      answers.set(key, t.C.slice());
    };
  },
} satisfies Candidate<typeof op>;
