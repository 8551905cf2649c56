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
    for (let i = 0; i < M; i++) {
      for (let j = 0; j < N; j++) {
        let sum = 0;
        let terms = 0;
        for (let k = 0; k < K; k++) {
          const product = rows[i * K + k] * columns[j * K + k];
          sum += product;
          terms += Math.abs(product);
        }
        const before = beta === 0 ? 0 : beta * C[i * ldc + j];
        want[i * ldc + j] = alpha * sum + before;
        scale[i * ldc + j] = Math.abs(alpha) * terms + Math.abs(before);
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

/** (outer, K) in f64 of a stored matrix whose rows are the outer index (`stored` true) or K. */
function unpack(X: Float32Array, ld: number, outer: number, K: number, stored: boolean): Float64Array {
  const out = new Float64Array(outer * K);
  for (let o = 0; o < outer; o++) {
    for (let k = 0; k < K; k++) out[o * K + k] = stored ? X[o * ld + k] : X[k * ld + o];
  }
  return out;
}
