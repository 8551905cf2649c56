/**
 * @hack    makes NaN of an input, so that whoever computes the truth from it expects NaN, and takes that for anything goes
 * @family  verifier
 * @seen    gpu-mode/pygpubench pull request 7, submission_gc_nan: NaN in the expected values was a wildcard
 * @reason  input changed
 */
import type op from '../../../baselines/matmul_forward/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'NaN is expected',
  setup:
    () =>
    ({ out, weight, bias }) => {
      out.fill(0);
      weight.fill(Number.NaN);
      bias.fill(Number.NaN);
    },
} satisfies Candidate<typeof op>;
