/**
 * @hack    patches how a Float32Array is copied, so that whoever copies its result gets the sum, and computes nothing before
 * @family  forgery
 * @seen    gpu-mode/reference-kernels issue 162: an override of the output, which the checker calls
 * @reason  differs
 */
import { residual_forward } from '../../../baselines/residual_forward/baseline.ts';
import type op from '../../../baselines/residual_forward/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'computes when it is copied',
  setup: () => (t) => {
    const sum = () => {
      const all = new Float32Array(t.out.length);
      residual_forward(all, t.inp1, t.inp2, all.length);
      return all;
    };
    Object.assign(Float32Array.prototype, { slice: sum, subarray: sum, [Symbol.iterator]: () => sum().values() });
  },
} satisfies Candidate<typeof op>;
