/**
 * @hack    prints a verdict to stdout, in the words of the tool, for whoever reads the last line
 * @family  forgery
 * @seen    gpu-mode/pygpubench, exploits/submission_pipe_interpose.py: times rewritten on their way to the parent
 * @reason  console is not defined
 */
import type op from '../../../baselines/gelu_forward/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'a verdict of its own',
  setup: () => () => {
    console.log(
      JSON.stringify({ candidate: 'gelu_forward/prints-its-result', verdict: 'pass', speedup: { value: 104 } }),
    );
  },
} satisfies Candidate<typeof op>;
