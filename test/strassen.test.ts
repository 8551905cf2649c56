/**
 * Why Strassen's method is not among the odd but honest kernels: in f32 its rounding error is a share of what is large anywhere in
 * A and B, while the bound of sgemm goes by row and column (docs/judge.md). In f64 it is among them: sgemm/strassen-f64.
 */
import { describe, expect, test } from 'vitest';
import op from '../baselines/sgemm/op.ts';
import oracle from '../baselines/sgemm/oracle.ts';
import { compose } from '../src/judge/compose.ts';
import { strassen } from './odd-but-honest/common/strassen.ts';

const n = 64;
const dims = { M: n, N: n, K: n, lda: n, ldb: n, ldc: n, transA: 0, transB: 0 };
const scalars = { alpha: 1, beta: 0 };

/** The largest error as a share of the bound of sgemm, and as one of the bound by norm. */
function errors(levels: number, distribution: string, seed: number, canaries = false) {
  const without = canaries ? [] : (['canary'] as const);
  const { tensors } = compose({ op, case: { dims, scalars }, distribution, text: new Uint8Array(), without }, seed);
  const inputs = tensors as Record<'A' | 'B' | 'C', Float32Array>;
  const truths = oracle.truths(dims, scalars, inputs);
  const bounds = op.bounds({ dims, scalars, distribution, inputs, truths, baseline: null }).C;
  const largest = (X: Float32Array) => X.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  // Each level doubles what is added up in A and in B, halves K, and adds up to four products: six times the scale.
  const norm = (2 * Math.sqrt(n) + 8) * 2 ** -24 * 6 ** levels * n * largest(inputs.A) * largest(inputs.B);
  const off = strassen(inputs.A, inputs.B, n, n, n, levels).map((got, i) => Math.abs(got - truths.C.want[i]));
  const byElement = off.map((error, i) => (error === 0 ? 0 : error / bounds[i]));
  return { byElement: largest(byElement), byNorm: largest(off) / norm };
}

const seeds = Array.from({ length: 10 }, (_, seed) => seed);
const worst = (levels: number, distribution: string, of: 'byElement' | 'byNorm') =>
  Math.max(...seeds.map((seed) => errors(levels, distribution, seed)[of]));

describe.each([1, 2])("Strassen's method, %i levels", (levels) => {
  test('rounds where a sum has all the bits that f32 holds, since it adds before it multiplies', () => {
    expect(worst(levels, 'integers', 'byElement')).toBe(Number.POSITIVE_INFINITY);
  });

  test('keeps to a bound by norm, which half precision would keep to as well', () => {
    for (const distribution of ['normal', 'unit', 'lognormal']) {
      expect(worst(levels, distribution, 'byNorm')).toBeLessThan(0.05);
    }
  });

  test('breaks the bound by row and column where rows differ in size', () => {
    expect(worst(levels, 'lognormal', 'byElement')).toBeGreaterThan(1);
    expect(Math.max(...seeds.map((seed) => errors(levels, 'normal', seed, true).byElement))).toBeGreaterThan(1);
  });
});
