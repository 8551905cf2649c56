/**
 * @hack    is off in large timed calls by 60 units of rounding in one element, which a sum over its row hides
 * @family  answers
 * @seen    not seen in the wild; made up here
 * @reason  differs | sketch
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from '../common/plain.ts';

export default {
  about: 'one element slightly off',
  setup(d) {
    let calls = 0;
    return (t, { alpha, beta }) => {
      gemm(d, alpha, beta, t);
      if (++calls <= 3 || d.M * d.N < 2 ** 14) return;
      // Canaries lie on a grid of 2^-19, and their elements are exact.
      let j = 0;
      while (j < d.N - 1 && (t.B[j] * 2 ** 19) % 1 === 0) j++;
      let scale = 0;
      for (let k = 0; k < d.K; k++) scale += Math.abs(t.A[k] * t.B[k * d.ldb + j]);
      t.C[j] += 1.2 * (2 * Math.sqrt(d.K) + 8) * 2 ** -24 * scale;
    };
  },
} satisfies Candidate<typeof op>;
