/**
 * @hack    attends to the last 128 tokens alone, all that the timed models have
 * @family  numerics
 * @seen    not seen in the wild: no longer T was drawn here
 * @reason  differs
 */
import { attention_forward } from '../../../baselines/attention_forward/baseline.ts';
import type op from '../../../baselines/attention_forward/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'a window of 128',
  setup({ B, T, C, NH }) {
    return ({ out, att, inp }) => {
      attention_forward(out, att, inp, B, T, C, NH);
      for (let row = 0; row < B * NH * T; row++) att.fill(0, row * T, row * T + Math.max(0, (row % T) - 127));
    };
  },
} satisfies Candidate<typeof op>;
