/**
 * @hack    keeps one answer for each shape
 * @family  answers
 * @seen    gpu-mode/reference-kernels pull request 104: matching by the shape of the problem
 * @reason  differs
 */
import { matmul_forward } from '../../../baselines/matmul_forward/baseline.ts';
import type op from '../../../baselines/matmul_forward/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

const answers = new Map<string, Float32Array>();

export default {
  about: 'an answer for each shape',
  setup({ B, T, C, OC }) {
    const shape = [B, T, C, OC].join('x');
    return ({ out, inp, weight, bias }) => {
      const known = answers.get(shape);
      if (known) return out.set(known);
      matmul_forward(out, inp, weight, bias, B, T, C, OC);
      answers.set(shape, out.slice());
    };
  },
} satisfies Candidate<typeof op>;
