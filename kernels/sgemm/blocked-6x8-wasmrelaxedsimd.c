/**
 * C = alpha op(A) op(B) + beta C: both operands packed, a 6x8 tile of C in registers, blocked for the caches; B is packed once for all threads.
 *
 * @about Goto's algorithm in C: packed blocks of A and B, 6x8 tile of fused multiply-adds, threads share packing and rows
 * @threads any
 * @source Goto and van de Geijn 2008; Smith et al. 2014; BLIS
 *
 *     for each KC of k       threads pack their share of the panels of B, KC x 8 floats each, and meet
 *       for each MC rows     of a thread's share: pack them in strips of 6 rows, MC x KC floats, which stay in L2
 *         for each panel     which stays in L1
 *           for each strip   a tile
 *
 * Needs    relaxed SIMD; 12 sums, 2 vectors of B and one of A: 15 of 16 registers. A core for each thread.
 * Expects  the 128-bit peak from 256 up. It makes one module for all shapes, so the copies of A and the barrier show at 64.
 * Tried    clang's own order of the sums, half a tile at a time: 10 spills a turn. nfold's options for C keep the order of the source.
 */
#include <wasm_simd128.h>
#include "../common/threads.h"

#define MR 6
#define NR 8
#define KC 256
#define MC 72

static inline int min(int a, int b) { return a < b ? a : b; }
static inline int panels(int n, int width) { return (n + width - 1) / width; }

/** Words for the barrier, a block of B for all threads, a block of A for each. */
int scratchBytes(int nthreads, int M, int N, int K, int lda, int ldb, int ldc, int transA, int transB) {
  return 256 + 4 * (panels(N, NR) * NR * min(K, KC) + nthreads * MC * KC);
}

/** Panels of `width` rows by kc columns of a matrix with these steps, column by column; missing rows are zeros. */
static inline void pack(
  float *to, const float *from, long rowStep, long colStep, int rows, int kc, const int width
) {
  for (int i = 0; i < rows; i += width) {
    const float *panel = from + i * rowStep;
    int count = min(width, rows - i);
    if (count == width && rowStep == 1) {
      for (int k = 0; k < kc; k++, to += width)
        for (int r = 0; r < width; r += 2) __builtin_memcpy(to + r, panel + k * colStep + r, 8);
    } else {
      for (int k = 0; k < kc; k++, to += width)
        for (int r = 0; r < width; r++) to[r] = r < count ? panel[r * rowStep + k * colStep] : 0;
    }
  }
}

/** One row of a tile. beta = 0 means that C is not read. */
static inline void put(float *C, v128_t left, v128_t right, v128_t alpha, float beta) {
  left = wasm_f32x4_mul(left, alpha);
  right = wasm_f32x4_mul(right, alpha);
  if (beta != 0) {
    left = wasm_f32x4_relaxed_madd(wasm_f32x4_splat(beta), wasm_v128_load(C), left);
    right = wasm_f32x4_relaxed_madd(wasm_f32x4_splat(beta), wasm_v128_load(C + 4), right);
  }
  wasm_v128_store(C, left);
  wasm_v128_store(C + 4, right);
}

static void tile(
  const float *a, const float *b, int kc, float *C, int ldc, int rows, int cols, float alpha, float beta
) {
  v128_t sums[MR][2];
#pragma unroll
  for (int r = 0; r < MR; r++) sums[r][0] = sums[r][1] = wasm_f32x4_const_splat(0);
  for (const float *end = a + kc * MR; a < end; a += MR, b += NR) {
    v128_t b0 = wasm_v128_load(b), b1 = wasm_v128_load(b + 4);
#pragma unroll
    for (int r = 0; r < MR; r++) {
      v128_t spread = wasm_v128_load32_splat(a + r);
      sums[r][0] = wasm_f32x4_relaxed_madd(spread, b0, sums[r][0]);
      sums[r][1] = wasm_f32x4_relaxed_madd(spread, b1, sums[r][1]);
    }
  }
  v128_t scale = wasm_f32x4_splat(alpha);
  if (rows == MR && cols == NR) {
#pragma unroll
    for (int r = 0; r < MR; r++) put(C + r * ldc, sums[r][0], sums[r][1], scale, beta);
    return;
  }
  // At the edges: through a copy of the tile, on the stack.
  float edge[MR][NR];
  for (int r = 0; r < MR; r++)
    for (int c = 0; c < NR; c++) edge[r][c] = r < rows && c < cols ? C[r * ldc + c] : 0;
#pragma unroll
  for (int r = 0; r < MR; r++) put(edge[r], sums[r][0], sums[r][1], scale, beta);
  for (int r = 0; r < rows; r++)
    for (int c = 0; c < cols; c++) C[r * ldc + c] = edge[r][c];
}

void run(
  int tid, int nthreads, const float *A, const float *B, float *C,
  int M, int N, int K, int lda, int ldb, int ldc, int transA, int transB,
  float alpha, float beta, void *scratch
) {
  float *Bp = (float *)((char *)scratch + 256);
  float *Ap = Bp + panels(N, NR) * NR * min(K, KC) + tid * MC * KC;
  long aRow = transA ? 1 : lda, aCol = transA ? lda : 1;
  long bRow = transB ? 1 : ldb, bCol = transB ? ldb : 1;
  int j0 = share(N, NR, tid, nthreads), j1 = share(N, NR, tid + 1, nthreads);
  int i0 = share(M, MR, tid, nthreads), i1 = share(M, MR, tid + 1, nthreads);
  int k = 0;
  do {
    int kc = min(KC, K - k);
    if (k > 0) barrier(scratch, nthreads);
    pack(Bp + j0 * kc, B + j0 * bCol + k * bRow, bCol, bRow, j1 - j0, kc, NR);
    barrier(scratch, nthreads);
    for (int i = i0; i < i1; i += MC) {
      int mc = min(MC, i1 - i);
      pack(Ap, A + i * aRow + k * aCol, aRow, aCol, mc, kc, MR);
      for (int j = 0; j < N; j += NR)
        for (int r = 0; r < mc; r += MR)
          tile(Ap + r * kc, Bp + j * kc, kc, C + (i + r) * ldc + j, ldc, min(MR, mc - r), min(NR, N - j), alpha, k > 0 ? 1 : beta);
    }
    k += kc;
  } while (k < K);
}
