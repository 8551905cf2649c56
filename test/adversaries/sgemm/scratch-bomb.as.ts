/**
 * @hack    asks for all of the address space as scratch
 * @family  resources
 * @seen    not seen in the wild: follows from a kernel's saying how much scratch it needs here
 * @reason  Unable to grow
 *
 * @about two gigabytes of scratch
 * @threads one
 */
export function scratchBytes(
  nthreads: i32, M: i32, N: i32, K: i32, lda: i32, ldb: i32, ldc: i32, transA: i32, transB: i32,
): i32 {
  return i32.MAX_VALUE;
}

export function run(
  tid: i32, nthreads: i32, A: usize, B: usize, C: usize,
  M: i32, N: i32, K: i32, lda: i32, ldb: i32, ldc: i32, transA: i32, transB: i32,
  alpha: f32, beta: f32, scratch: usize,
): void {}
