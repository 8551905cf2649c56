/**
 * sgemm in f64, element by element from the definition, with |alpha| |A||B| + |beta| |C| beside each element: the scale
 * that its rounding error is measured in. Padding out to ldc is expected back as it was.
 */
import type { DimsOf, ScalarsOf, Tensors, TensorsOf } from '../../src/contract/op.ts';
import type { Oracle } from '../../src/contract/oracle.ts';
import type { Rng } from '../../src/contract/random.ts';
import { gridOf } from '../exact.ts';
import { sketch } from '../sketch.ts';
import type op from './op.ts';

type Op = typeof op;
type Dims = DimsOf<Op>;

export default {
  truths(dims: Dims, { alpha, beta }: ScalarsOf<Op>, { A, B, C }: TensorsOf<Op>) {
    const { M, N, K, ldc } = dims;
    const want = Float64Array.from(C);
    const scale = new Float64Array(C.length);
    // op(B) column by column and op(A) row by row, so that the inner loop walks both in steps of one.
    const columns = unpack(B, dims.ldb, N, K, dims.transB === 1);
    const rows = unpack(A, dims.lda, M, K, dims.transA === 0);
    const [sums, terms] = [new Float64Array(4), new Float64Array(4)];
    for (let i = 0; i < M; i++) {
      for (let j = 0; j < N; j++) {
        if (j % 4 === 0) fourDots(rows, i * K, columns, j * K, K, sums, terms);
        const before = beta === 0 ? 0 : beta * C[i * ldc + j];
        want[i * ldc + j] = alpha * sums[j % 4] + before;
        scale[i * ldc + j] = Math.abs(alpha) * terms[j % 4] + Math.abs(before);
      }
    }
    return { C: { want, scale } };
  },

  /** See ../sketch.ts. Padding must be as it was. */
  sketch(dims: Dims, { alpha, beta }: ScalarsOf<Op>, before: TensorsOf<Op>, after: Tensors, rng: Rng) {
    const { M, N, K, ldc } = dims;
    for (let at = 0; at < after.C.length; at++) {
      if (at % ldc >= N && after.C[at] !== before.C[at]) return Number.POSITIVE_INFINITY;
    }
    const product = {
      ...{ M, N, K, alpha },
      rows: unpack(before.A, dims.lda, M, K, dims.transA === 0),
      columns: unpack(before.B, dims.ldb, N, K, dims.transB === 1),
      before: (i: number, j: number) => (beta === 0 ? 0 : beta * before.C[i * ldc + j]),
      gridBefore: (i: number, j: number) =>
        beta === 0 ? Number.POSITIVE_INFINITY : gridOf(beta) + gridOf(before.C[i * ldc + j]),
      got: (i: number, j: number) => after.C[i * ldc + j],
    };
    return sketch(product, rng);
  },
} satisfies Oracle<Op>;

/**
 * sums[q] = x[at + k] y[from + q K + k] over k < K, q < 4, and the same of absolute values: four sums that do not wait for one another take
 * two thirds of the time.
 */
function fourDots(
  x: Float64Array,
  at: number,
  y: Float64Array,
  from: number,
  K: number,
  sums: Float64Array,
  terms: Float64Array,
): void {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let [t0, t1, t2, t3] = [0, 0, 0, 0];
  for (let k = 0; k < K; k++) {
    const value = x[at + k];
    const p0 = value * y[from + k];
    const p1 = value * y[from + K + k];
    const p2 = value * y[from + 2 * K + k];
    const p3 = value * y[from + 3 * K + k];
    s0 += p0;
    s1 += p1;
    s2 += p2;
    s3 += p3;
    t0 += Math.abs(p0);
    t1 += Math.abs(p1);
    t2 += Math.abs(p2);
    t3 += Math.abs(p3);
  }
  sums.set([s0, s1, s2, s3]);
  terms.set([t0, t1, t2, t3]);
}

/** (outer, K) in f64 of a stored matrix whose rows are the outer index (`stored` true) or K; rows of zeros up to a multiple of four. */
function unpack(X: Float32Array, ld: number, outer: number, K: number, stored: boolean): Float64Array {
  const out = new Float64Array(4 * Math.ceil(outer / 4) * K);
  for (let o = 0; o < outer; o++) {
    for (let k = 0; k < K; k++) out[o * K + k] = stored ? X[o * ld + k] : X[k * ld + o];
  }
  return out;
}
