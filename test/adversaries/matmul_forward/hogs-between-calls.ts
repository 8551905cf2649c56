/**
 * @hack    keeps the processor busy between its calls, while the baseline is timed
 * @family  sabotage
 * @seen    not seen in the wild: follows from two arms being timed by turns here
 * @reason  setInterval is not defined
 */
import { matmul_forward } from '../../../baselines/matmul_forward/baseline.ts';
import type op from '../../../baselines/matmul_forward/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'never at rest',
  setup({ B, T, C, OC }) {
    setInterval(() => {
      for (let i = 0; i < 1e9; i++);
    }, 0);
    return ({ out, inp, weight, bias }) => matmul_forward(out, inp, weight, bias, B, T, C, OC);
  },
} satisfies Candidate<typeof op>;
