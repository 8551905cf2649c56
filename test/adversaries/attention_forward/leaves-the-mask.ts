/**
 * @hack    does not write the masked half of att, which it takes to be zero already
 * @family  verifier
 * @seen    wafer.ai/blog/reward-hacking: memory that was not written
 * @reason  differs: att
 */

import { attention_forward } from '../../../baselines/attention_forward/baseline.ts';
import type op from '../../../baselines/attention_forward/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'the masked half is left alone',
  setup(d) {
    const { B, T, NH } = d;
    const own = new Float32Array(B * NH * T * T);
    return ({ out, att, inp }) => {
      attention_forward(out, own, inp, B, T, d.C, NH);
      for (let row = 0; row < B * NH * T; row++) att.set(own.subarray(row * T, row * T + (row % T) + 1), row * T);
    };
  },
} satisfies Candidate<typeof op>;
