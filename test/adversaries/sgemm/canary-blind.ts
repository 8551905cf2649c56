/**
 * @hack    rounds to 18 bits in timed calls at large K, where neither bound nor sketch shows it
 * @family  numerics
 * @seen    not seen in the wild; made up here
 * @reason  differs | sketch
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from '../common/plain.ts';
import { eighteenBits } from '../common/precision.ts';

export default {
  about: '18 bits where it is timed',
  setup(d) {
    let calls = 0;
    return (t, { alpha, beta }) => {
      const exact = ++calls <= 3 || d.K < 512;
      gemm(d, alpha, beta, t, { read: exact ? (x) => x : eighteenBits });
    };
  },
} satisfies Candidate<typeof op>;
