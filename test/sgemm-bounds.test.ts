/**
 * The bound of sgemm admits the plainest honest sum, one product after another added to beta C, where rounding is no random walk: integers
 * times an alpha of all bits, and a C that dwarfs what is added. Half precision is still refused wherever C does not hide it.
 */
import { describe, expect, test } from 'vitest';
import op from '../baselines/sgemm/op.ts';
import oracle from '../baselines/sgemm/oracle.ts';
import { makeRng } from '../src/contract/rng.ts';
import { compose } from '../src/judge/compose.ts';
import { deriveSeed } from '../src/judge/seed.ts';

type Rounding = (x: number) => number;

/** The largest error of a sequential sum, as a share of its bound, in full and in the sketch. */
function shareOfBound(
  scalars: { alpha: number; beta: number },
  K: number,
  distribution: string,
  seed: number,
  cut: Rounding = (x) => x,
) {
  const [M, N] = [5, 3];
  const dims = { M, N, K, lda: K, ldb: N, ldc: N, transA: 0, transB: 0 };
  const drawing = { op, case: { dims, scalars }, distribution, text: new Uint8Array(), without: [] };
  const { tensors } = compose(drawing, seed);
  const inputs = tensors as Record<'A' | 'B' | 'C', Float32Array>;
  const { A, B, C } = inputs;
  const [alpha, beta] = [Math.fround(scalars.alpha), Math.fround(scalars.beta)];
  const got = Float32Array.from(C, (c) => (beta === 0 ? 0 : Math.fround(beta * c)));
  for (let i = 0; i < M; i++) {
    for (let k = 0; k < K; k++) {
      const a = Math.fround(alpha * cut(A[i * K + k]));
      for (let j = 0; j < N; j++) got[i * N + j] += Math.fround(a * cut(B[k * N + j]));
    }
  }
  const truths = oracle.truths(dims, { alpha, beta }, inputs);
  const bounds = op.bounds({ dims, scalars: { alpha, beta }, distribution, inputs, truths, baseline: null }).C;
  const shares = truths.C.want.map((want, at) => (got[at] === want ? 0 : Math.abs(got[at] - want) / bounds[at]));
  const sketched = oracle.sketch(
    dims,
    { alpha, beta },
    inputs,
    { ...inputs, C: got },
    makeRng(deriveSeed(seed, 'sketch')),
  );
  return { full: Math.max(...shares), sketched };
}

const scales = [
  { alpha: 0.8822, beta: 1 },
  { alpha: 0.8822, beta: 0 },
  { alpha: -1.3, beta: 0.77 },
  { alpha: 2 ** -24, beta: 1 },
  { alpha: 2 ** -13, beta: -1.75 },
  { alpha: 1, beta: 2 ** 13 },
  { alpha: 1, beta: 2 ** 24 },
  { alpha: 2 ** 30, beta: 0.5 },
];

describe.each(scales)('alpha $alpha, beta $beta', (scalars) => {
  test.each(op.distributions)('a sequential sum on %s inputs', (distribution) => {
    for (const K of [64, 700, 2130]) {
      for (let seed = 0; seed < 20; seed++) {
        const { full, sketched } = shareOfBound(scalars, K, distribution, seed);
        expect(full, `K ${K}, seed ${seed}`).toBeLessThanOrEqual(1);
        if (distribution === 'normal') expect(sketched, `K ${K}, seed ${seed}, sketch`).toBeLessThanOrEqual(1);
      }
    }
  });
});

/** To the 8 bits of bf16. */
const half: Rounding = (x) => {
  const scale = 2 ** (Math.floor(Math.log2(Math.abs(x) || 1)) - 7);
  return Math.round(x / scale) * scale;
};

test.each([
  { alpha: 1, beta: 0 },
  { alpha: 0.8822, beta: 1 },
  { alpha: -1.3, beta: -1.75 },
])('half precision at alpha $alpha, beta $beta', (scalars) => {
  for (let seed = 0; seed < 20; seed++) {
    for (const K of [64, 700]) expect(shareOfBound(scalars, K, 'normal', seed, half).full).toBeGreaterThan(1);
  }
});
