/**
 * sgemm in f64, element by element from the definition, with |alpha| |A||B| + |beta| |C| beside each element: the scale
 * that its rounding error is measured in. Padding out to ldc is expected back as it was.
 */
import type { DimsOf, ScalarsOf, Tensors, TensorsOf } from '../../src/contract/op.ts';
import type { Oracle } from '../../src/contract/oracle.ts';
import type { Rng } from '../../src/contract/rng.ts';
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

  /**
   * One random projection of a result, |r| in [1, 2) with random signs: |C r - alpha A (B r) - beta C0 r| in units of u times the
   * row sums of (|alpha| |A||B| + |beta| |C0|) |r|. Honest rounding errors of a row have mixed signs and stay far below 1; errors
   * that are made to cancel would have to know r, which is drawn once they are made. Padding must be as it was.
   * Source: Freivalds 1977.
   */
  sketch(dims: Dims, { alpha, beta }: ScalarsOf<Op>, before: TensorsOf<Op>, after: Tensors, rng: Rng) {
    const { M, N, K, ldc } = dims;
    const r = Float64Array.from({ length: N }, () => (rng.bits() & 1 ? 1 : -1) * (1 + rng.unit()));
    const columns = unpack(before.B, dims.ldb, N, K, dims.transB === 1);
    const rows = unpack(before.A, dims.lda, M, K, dims.transA === 0);
    const projected = new Float64Array(K);
    const absolute = new Float64Array(K);
    for (let j = 0; j < N; j++) {
      for (let k = 0; k < K; k++) {
        projected[k] += columns[j * K + k] * r[j];
        absolute[k] += Math.abs(columns[j * K + k] * r[j]);
      }
    }
    let worst = 0;
    for (let i = 0; i < M; i++) {
      let got = 0;
      let want = 0;
      let scale = 0;
      for (let j = 0; j < N; j++) {
        got += after.C[i * ldc + j] * r[j];
        if (beta === 0) continue;
        want += beta * before.C[i * ldc + j] * r[j];
        scale += Math.abs(beta * before.C[i * ldc + j] * r[j]);
      }
      for (let k = 0; k < K; k++) {
        want += alpha * rows[i * K + k] * projected[k];
        scale += Math.abs(alpha * rows[i * K + k]) * absolute[k];
      }
      for (let at = i * ldc + N; at < (i + 1) * ldc; at++)
        if (after.C[at] !== before.C[at]) worst = Number.POSITIVE_INFINITY;
      const error = got === want ? 0 : Math.abs(got - want) / (2 ** -24 * scale);
      // A NaN gets in, and once in it stays.
      if (!(error <= worst) && !Number.isNaN(worst)) worst = error;
    }
    return worst;
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
