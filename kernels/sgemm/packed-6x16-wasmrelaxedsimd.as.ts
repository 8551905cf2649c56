/**
 * C = alpha * op(A) * op(B) + beta * C, with A and B packed into panels and a 6x16 tile of C in registers.
 *
 * @about packed panels, 6x16 tile of fused multiply-adds that V8 packs to 256 bits
 * @threads any
 * @flags --experimental-wasm-revectorize
 * @source Goto and van de Geijn 2008; BLIS
 *
 * Needs    AVX2 and the revectorizer: at 128 bits the tile spills and the kernel is half as fast as a 6x8 one.
 * Expects  near peak from about 128 up; at 64 packing shows. Each thread packs all of B, which costs most on few rows.
 */
import { gemm, gemmBytes } from '../common/gemm.as';
import { share } from '../common/threads.as';
import { MR } from '../common/tile.as';

export function scratchBytes(
  nthreads: i32, M: i32, N: i32, K: i32, lda: i32, ldb: i32, ldc: i32, transA: i32, transB: i32,
): i32 {
  return nthreads * <i32>gemmBytes(N, K);
}

export function run(
  tid: i32, nthreads: i32, A: usize, B: usize, C: usize,
  M: i32, N: i32, K: i32, lda: i32, ldb: i32, ldc: i32, transA: i32, transB: i32,
  alpha: f32, beta: f32, scratch: usize,
): void {
  const lo = share(M, MR, tid, nthreads);
  const hi = share(M, MR, tid + 1, nthreads);
  const own = scratch + <usize>tid * gemmBytes(N, K);
  gemm(16, lo, hi, N, K, A, lda, transA != 0, B, ldb, transB != 0, C, ldc, alpha, beta, own);
}
