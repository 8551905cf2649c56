/**
 * @hack    patches performance.now, so that a second takes a hundred
 * @family  clock
 * @seen    gpu-mode/reference-kernels issue 162: Event.elapsed_time patched to report a hundredth of the time
 * @reason  performance is not defined
 */
import { attention_forward } from '../../../baselines/attention_forward/baseline.ts';
import type op from '../../../baselines/attention_forward/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'the clock is slow',
  setup({ B, T, C, NH }) {
    const now = performance.now.bind(performance);
    performance.now = () => now() / 100;
    return ({ out, att, inp }) => attention_forward(out, att, inp, B, T, C, NH);
  },
} satisfies Candidate<typeof op>;
