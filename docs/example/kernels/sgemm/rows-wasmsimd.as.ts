/**
 * C[i,:] = beta C[i,:] + sum over k of (alpha A[i,k]) B[k,:]
 *
 * @about rows of B are added to a row of C, four elements at a time in SIMD
 *
 * Needs    SIMD; any shape. If B is transposed, its rows are not contiguous, and elements are added one at a time.
 * Expects  four products for two loads and a store, where the baseline has one product for two loads.
 * Tried    nothing else yet.
 * Source   the loop order i-k-j: Golub and Van Loan, Matrix Computations, section 1.1.
 */
export function run(
  tid: i32,
  nthreads: i32,
  A: usize,
  B: usize,
  C: usize,
  M: i32,
  N: i32,
  K: i32,
  lda: i32,
  ldb: i32,
  ldc: i32,
  transA: i32,
  transB: i32,
  alpha: f32,
  beta: f32,
  scratch: usize,
): void {
  for (let i = 0; i < M; i++) {
    const row = C + ((<usize>(i * ldc)) << 2);
    const end = row + ((<usize>N) << 2);
    // If beta is 0, C may hold NaN and is not read.
    for (let c = row; c < end; c += 4) store<f32>(c, beta == 0 ? 0 : beta * load<f32>(c));
    for (let k = 0; k < K; k++) {
      const a = alpha * load<f32>(A + ((<usize>(transA ? k * lda + i : i * lda + k)) << 2));
      let b = B + ((<usize>(transB ? k : k * ldb)) << 2);
      let c = row;
      if (!transB) {
        const a4 = f32x4.splat(a);
        for (; c + 16 <= end; c += 16, b += 16) {
          v128.store(c, f32x4.add(v128.load(c), f32x4.mul(a4, v128.load(b))));
        }
      }
      const step = transB ? (<usize>ldb) << 2 : 4;
      for (; c < end; c += 4, b += step) store<f32>(c, load<f32>(c) + a * load<f32>(b));
    }
  }
}
