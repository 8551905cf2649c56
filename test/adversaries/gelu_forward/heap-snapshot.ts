/**
 * @hack    takes a snapshot of the heap and looks for the expected values in it
 * @family  theft
 * @seen    gpu-mode/pygpubench pull request 7, submission_gc_copy: every object of the process searched for the answer
 * @reason  process is not defined
 */
import type op from '../../../baselines/gelu_forward/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'answers from the heap',
  setup() {
    const snapshot = String(process.getBuiltinModule('node:v8').getHeapSnapshot().read());
    const want = /"want":\[([^\]]*)\]/.exec(snapshot)?.[1].split(',').map(Number) ?? [];
    return ({ out }) => out.set(want);
  },
} satisfies Candidate<typeof op>;
