/**
 * Kernels whose speedup is known by construction: a product of matrices, and the same program that computes the first 2, 5 or 20 of each 100 rows
 * again; and one whose speedup is known from calm runs: the same program with its rows shared out to threads.
 */
import op from '../../baselines/sgemm/op.ts';
import { compile } from '../../src/compiler/compile.ts';
import type { Variant } from '../../src/contract/variant.ts';

const gemm = (M: number, N: number, K: number) => ({
  dims: { M, N, K, lda: K, ldb: N, ldc: N, transA: 0, transB: 0 },
  scalars: { alpha: 1, beta: 0 },
});
/** About a quarter of a millisecond, and one. */
export const cases = [gemm(100, 128, 128), gemm(200, 128, 256)];
export const slowdowns = [0, 2, 5, 20] as const;

const source = (percent: number) => `
export function run(tid: i32, nthreads: i32, A: usize, B: usize, C: usize, M: i32, N: i32, K: i32, lda: i32, ldb: i32, ldc: i32,
  transA: i32, transB: i32, alpha: f32, beta: f32, scratch: usize): void {
  const rows = M + M * ${percent} / 100;
  for (let n = tid * rows / nthreads; n < (tid + 1) * rows / nthreads; n++) {
    const i = n < M ? n : n - M;
    const c = C + (<usize>(i * ldc) << 2);
    for (let j: usize = 0; j < <usize>N << 2; j += 16) v128.store(c + j, f32x4.splat(0));
    for (let k = 0; k < K; k++) {
      const a = f32x4.splat(alpha * load<f32>(A + (<usize>(i * lda + k) << 2)));
      const b = B + (<usize>(k * ldb) << 2);
      for (let j: usize = 0; j < <usize>N << 2; j += 16)
        v128.store(c + j, f32x4.add(v128.load(c + j), f32x4.mul(a, v128.load(b + j))));
    }
  }
}`;

export function moduleOf(percent: number): Promise<Uint8Array> {
  return compile({ type: 'assemblyscript', entry: 'rows.ts', files: { 'rows.ts': source(percent) } });
}

export async function variantOf(id: string, percent: number, threads: Variant['threads'] = 'one'): Promise<Variant> {
  const bytes = await moduleOf(percent);
  return { id, flags: [], threads, artifact: async () => ({ kind: 'wasm', bytes }) };
}

export const names = cases.map((c) => op.caseName(c));
