/**
 * @hack    draws the op's inputs when it is loaded, with the generator that they once came from here, and hands those answers over
 * @family  answers
 * @seen    not seen in the wild: follows from the generator of the inputs being public here
 * @reason  differs
 */
import { gelu_forward } from '../../../baselines/gelu_forward/baseline.ts';
import op from '../../../baselines/gelu_forward/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import type { Rng } from '../../../src/contract/rng.ts';

/** xoroshiro128+, by Blackman and Vigna: 64 bits of its state are a seed. */
function xoroshiro(seed: number): Rng {
  const mask = 2n ** 64n - 1n;
  const turned = (x: bigint, k: bigint) => ((x << k) | (x >> (64n - k))) & mask;
  let [s0, s1] = [BigInt(seed) | (0xffffffffn << 32n), BigInt(~seed >>> 0)];
  const bits = () => {
    const sum = (s0 + s1) & mask;
    const mixed = s1 ^ s0;
    [s0, s1] = [turned(s0, 24n) ^ mixed ^ ((mixed << 16n) & mask), turned(mixed, 37n)];
    return Number(sum >> 32n) | 0;
  };
  const unit = () => (bits() >>> 8) * 2 ** -24;
  const int = (lo: number, hi: number) => lo + Math.floor(unit() * (hi - lo + 1));
  const normal = () => Math.sqrt(-2 * Math.log(1 - unit())) * Math.cos(2 * Math.PI * unit());
  return { bits, unit, int, normal, fork: () => xoroshiro(bits() >>> 0) };
}

/** For the seeds that people use. */
const answers = [0, 1, 42, 1234].map((seed) => {
  const [inp, out] = [new Float32Array(4096), new Float32Array(4096)];
  const context = { dims: { N: inp.length }, scalars: {}, text: new Uint8Array(), distribution: 'normal' };
  op.draw({ ...context, tensors: { inp, out }, rng: xoroshiro(seed) });
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
