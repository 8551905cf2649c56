/**
 * @hack    sets V8's flags for the whole process, so that what is compiled after it is not optimized: the baseline, if it runs here
 * @family  sabotage
 * @seen    not seen in the wild: follows from v8.setFlagsFromString, which asks for no permission
 * @reason  process is not defined
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from '../common/plain.ts';

export default {
  about: 'nobody else is optimized',
  setup(d) {
    process.getBuiltinModule('node:v8').setFlagsFromString('--max-optimized-bytecode-size=1');
    return (t, { alpha, beta }) => gemm(d, alpha, beta, t);
  },
} satisfies Candidate<typeof op>;
