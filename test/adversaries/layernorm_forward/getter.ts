/**
 * @hack    puts a getter in the place of its output, which computes when it is read
 * @family  clock
 * @seen    gpu-mode/reference-kernels issue 162: lazy output, the work is done in the untimed checker
 * @reason  differs
 */
import { layernorm_forward } from '../../../baselines/layernorm_forward/baseline.ts';
import type op from '../../../baselines/layernorm_forward/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'computes when it is read',
  setup({ B, T, C }) {
    let own: Float32Array | null = null;
    return (t) => {
      own ??= t.out;
      const out = own;
      const get = () => {
        layernorm_forward(out, t.mean, t.rstd, t.inp, t.weight, t.bias, B, T, C);
        return out;
      };
      Object.defineProperty(t, 'out', { configurable: true, get });
    };
  },
} satisfies Candidate<typeof op>;
