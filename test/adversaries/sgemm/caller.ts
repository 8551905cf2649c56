/**
 * @hack    asks its caller for the arguments, and those for the expected values
 * @family  theft
 * @seen    gpu-mode/pygpubench pull request 22: a walk up the stack of the calls that led to the kernel
 * @reason  may not be accessed on strict mode functions
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'what the caller knows',
  setup() {
    const run = (t: { C: Float32Array }) => {
      const frame = run as unknown as { caller: { arguments: ArrayLike<{ want?: Float64Array }> } };
      const want = Array.from(frame.caller.arguments).find((value) => value?.want)?.want;
      if (want) t.C.set(want);
    };
    return run;
  },
} satisfies Candidate<typeof op>;
