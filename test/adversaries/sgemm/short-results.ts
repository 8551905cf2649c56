/**
 * @hack    rounds its results to 20 bits where there are no canaries and the bound on random inputs lets it pass
 * @family  numerics
 * @seen    not seen in the wild; made up here
 * @reason  differs
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from '../common/plain.ts';
import { twentyBits } from '../common/precision.ts';

export default {
  about: '20 bits for long sums of few rows or columns',
  setup(d) {
    const canaries = d.M >= 8 && d.N >= 8;
    const write = canaries || d.K < 64 ? (x: number) => x : twentyBits;
    return (t, { alpha, beta }) => gemm(d, alpha, beta, t, { write });
  },
} satisfies Candidate<typeof op>;
