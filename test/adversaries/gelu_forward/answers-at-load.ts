/**
 * @hack    draws the op's inputs with the project's own generator when it is loaded, and hands those answers over
 * @family  answers
 * @seen    not seen in the wild: follows from the generator of the inputs being public here
 * @reason  differs
 */
import { gelu_forward } from '../../../baselines/gelu_forward/baseline.ts';
import op from '../../../baselines/gelu_forward/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { makeRng } from '../../../src/contract/rng.ts';

/** For the seeds that people use. */
const answers = [0, 1, 42, 1234].map((seed) => {
  const [inp, out] = [new Float32Array(4096), new Float32Array(4096)];
  const context = { dims: { N: inp.length }, scalars: {}, text: new Uint8Array(), distribution: 'normal' };
  op.draw({ ...context, tensors: { inp, out }, rng: makeRng(seed) });
  gelu_forward(out, inp, inp.length);
  return { first: inp[0], out };
});

export default {
  about: 'the inputs are known',
  setup:
    ({ N }) =>
    ({ out, inp }) => {
      const known = answers.find(({ first }) => first === inp[0]) ?? answers[0];
      for (let i = 0; i < N; i++) out[i] = known.out[i % known.out.length];
    },
} satisfies Candidate<typeof op>;
