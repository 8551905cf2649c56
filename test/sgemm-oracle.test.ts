/** The f64 oracle of sgemm against sums done by hand, in exact integers, and by the identities of a matrix product. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type op from '../baselines/sgemm/op.ts';
import oracle from '../baselines/sgemm/oracle.ts';
import type { DimsOf, ScalarsOf, TensorsOf } from '../src/contract/op.ts';

type Dims = DimsOf<typeof op>;
type Scalars = ScalarsOf<typeof op>;
type Inputs = TensorsOf<typeof op>;

const plain: Scalars = { alpha: 1, beta: 0 };

/** Dims of untransposed matrices without padding, and what departs from that. */
function dimsOf(M: number, N: number, K: number, other: Partial<Dims> = {}): Dims {
  return { M, N, K, lda: K, ldb: N, ldc: N, transA: 0, transB: 0, ...other };
}

function truth(dims: Dims, scalars: Scalars, A: number[], B: number[], C: number[]) {
  const inputs = { A: Float32Array.from(A), B: Float32Array.from(B), C: Float32Array.from(C) };
  const { want, scale } = oracle.truths(dims, scalars, inputs).C;
  return { want: [...want], scale: [...scale] };
}

describe('by hand', () => {
  test('2x3 times 3x2', () => {
    const { want, scale } = truth(dimsOf(2, 2, 3), plain, [1, 2, 3, 4, 5, 6], [7, -8, 9, 10, -11, 12], [0, 0, 0, 0]);
    expect(want).toEqual([-8, 48, 7, 90]);
    expect(scale).toEqual([58, 64, 139, 154]);
  });

  test('alpha and beta', () => {
    const { want, scale } = truth(dimsOf(1, 2, 1), { alpha: -2, beta: 0.5 }, [3], [5, -7], [10, 20]);
    expect(want).toEqual([-25, 52]);
    expect(scale).toEqual([35, 52]);
  });

  test('both transposed, with padding that must not matter', () => {
    const dims = dimsOf(2, 2, 3, { transA: 1, transB: 1, lda: 3, ldb: 4, ldc: 3 });
    const A = [1, 4, NaN, 2, 5, NaN, 3, 6, NaN];
    const B = [7, 9, -11, NaN, -8, 10, 12, NaN];
    expect(truth(dims, plain, A, B, [0, 0, 77, 0, 0, 78]).want).toEqual([-8, 48, 77, 7, 90, 78]);
  });

  test('sums in f64: a term below the last bit of f32 counts', () => {
    expect(truth(dimsOf(1, 1, 3), plain, [1, 2 ** -40, -1], [1, 1, 1], [0]).want).toEqual([2 ** -40]);
  });
});

describe('edges', () => {
  test('beta = 0 does not read C', () => {
    const { want, scale } = truth(dimsOf(1, 2, 1), plain, [3], [5, 7], [NaN, Infinity]);
    expect(want).toEqual([15, 21]);
    expect(scale).toEqual([15, 21]);
  });

  test('beta = 1 does, and NaN stays', () => {
    expect(truth(dimsOf(1, 2, 1), { alpha: 1, beta: 1 }, [3], [5, 7], [NaN, 1]).want).toEqual([NaN, 22]);
  });

  test('K = 0 and alpha = 0 leave beta C', () => {
    expect(truth(dimsOf(2, 2, 0), { alpha: 9, beta: 0.5 }, [], [], [2, 4, 6, 8]).want).toEqual([1, 2, 3, 4]);
    expect(truth(dimsOf(2, 2, 0), plain, [], [], [NaN, NaN, NaN, NaN]).want).toEqual([0, 0, 0, 0]);
    expect(truth(dimsOf(1, 1, 1), { alpha: 0, beta: -3 }, [5], [7], [2]).want).toEqual([-6]);
  });

  test('M = 0 and N = 0 have no elements', () => {
    expect(truth(dimsOf(0, 3, 1), plain, [], [1, 2, 3], []).want).toEqual([]);
    expect(truth(dimsOf(2, 0, 1), plain, [1, 2], [], []).want).toEqual([]);
  });

  test('padding of C comes back, on a scale of 0', () => {
    const { want, scale } = truth(dimsOf(2, 1, 1, { ldc: 3 }), plain, [1, 2], [3], [0, 41, 42, 0, 43, NaN]);
    expect(want).toEqual([3, 41, 42, 6, 43, NaN]);
    expect(scale).toEqual([3, 0, 0, 6, 0, 0]);
  });

  test('the inputs stay as they are', () => {
    const inputs: Inputs = { A: Float32Array.of(2), B: Float32Array.of(3), C: Float32Array.of(5) };
    oracle.truths(dimsOf(1, 1, 1), { alpha: 7, beta: 11 }, inputs);
    expect(inputs).toEqual({ A: Float32Array.of(2), B: Float32Array.of(3), C: Float32Array.of(5) });
  });
});

const extent = fc.integer({ min: 0, max: 7 });
const pad = fc.integer({ min: 0, max: 3 });
const bit = fc.constantFrom(0, 1);

/** Any form and padding, elements that are integers or NaN in the padding, alpha and beta integers. */
const problems = fc
  .record({ M: extent, N: extent, K: extent, transA: bit, transB: bit, padA: pad, padB: pad, padC: pad })
  .chain(({ padA, padB, padC, ...sizes }) => {
    const { M, N, K, transA, transB } = sizes;
    const [aRows, aCols] = transA ? [K, M] : [M, K];
    const [bRows, bCols] = transB ? [N, K] : [K, N];
    const dims: Dims = { ...sizes, lda: aCols + padA, ldb: bCols + padB, ldc: N + padC };
    return fc.record({
      dims: fc.constant(dims),
      scalars: fc.record({ alpha: fc.integer({ min: -9, max: 9 }), beta: fc.integer({ min: -9, max: 9 }) }),
      A: stored(aRows, aCols, dims.lda),
      B: stored(bRows, bCols, dims.ldb),
      C: stored(M, N, dims.ldc),
    });
  });

function stored(rows: number, cols: number, ld: number) {
  const element = fc.integer({ min: -1000, max: 1000 });
  return fc
    .array(element, { minLength: rows * ld, maxLength: rows * ld })
    .map((values) => values.map((value, at) => (at % ld < cols ? value : NaN)));
}

/** The element of op(X) in row i, column j, exactly. */
function at(X: number[], ld: number, transposed: number, i: number, j: number): bigint {
  return BigInt(transposed ? X[j * ld + i] : X[i * ld + j]);
}

describe('in general', () => {
  test('equals the definition in exact integers', () => {
    fc.assert(
      fc.property(problems, ({ dims, scalars, A, B, C }) => {
        const { M, N, K, lda, ldb, ldc, transA, transB } = dims;
        const { want, scale } = truth(dims, scalars, A, B, C);
        const expected = [...C];
        const terms: number[] = C.map(() => 0);
        const magnitude = (x: bigint) => (x < 0n ? -x : x);
        for (let i = 0; i < M; i++) {
          for (let j = 0; j < N; j++) {
            const before = BigInt(scalars.beta) * BigInt(C[i * ldc + j]);
            const products = Array.from(
              { length: K },
              (_, k) => BigInt(scalars.alpha) * at(A, lda, transA, i, k) * at(B, ldb, transB, k, j),
            );
            expected[i * ldc + j] = Number(products.reduce((sum, product) => sum + product, before));
            terms[i * ldc + j] = Number(products.reduce((sum, x) => sum + magnitude(x), magnitude(before)));
          }
        }
        expect(want.map(positiveZero)).toEqual(expected);
        expect(scale.map(positiveZero)).toEqual(terms);
      }),
    );
  });

  test('is linear in alpha and beta', () => {
    fc.assert(
      fc.property(problems, ({ dims, scalars: { alpha, beta }, A, B, C }) => {
        const whole = inside(dims, truth(dims, { alpha, beta }, A, B, C).want);
        const product = inside(dims, truth(dims, { alpha: 1, beta: 0 }, A, B, C).want);
        const before = inside(dims, C);
        expect(whole.map(positiveZero)).toEqual(product.map((x, at) => positiveZero(alpha * x + beta * before[at])));
      }),
    );
  });

  test('transposed is the product of the transposed in turn: (op(A) op(B))^T = op(B)^T op(A)^T', () => {
    fc.assert(
      fc.property(problems, ({ dims, A, B, C }) => {
        const { M, N, K, lda, ldb, transA, transB } = dims;
        const turned = { M: N, N: M, K, lda: ldb, ldb: lda, ldc: M, transA: 1 - transB, transB: 1 - transA };
        const straight = inside(dims, truth(dims, plain, A, B, C).want);
        const { want } = truth(turned, plain, B, A, new Array(M * N).fill(NaN));
        expect(straight).toEqual(straight.map((_, at) => want[(at % N) * M + Math.floor(at / N)]));
      }),
    );
  });

  test('a stored transpose with its flag turned is the same matrix', () => {
    fc.assert(
      fc.property(problems, ({ dims, scalars, A, B, C }) => {
        const { M, K, lda, transA } = dims;
        const [rows, cols] = transA ? [K, M] : [M, K];
        const flipped = Array.from({ length: rows * cols }, (_, at) => A[(at % rows) * lda + Math.floor(at / rows)]);
        const other = { ...dims, lda: rows, transA: 1 - transA };
        expect(truth(other, scalars, flipped, B, C)).toEqual(truth(dims, scalars, A, B, C));
      }),
    );
  });
});

/** The M x N part of a stored C. */
function inside({ N, ldc }: Dims, C: number[]): number[] {
  return C.filter((_, at) => at % ldc < N);
}

/** -0 is as good as 0. */
function positiveZero(x: number): number {
  return x + 0;
}
