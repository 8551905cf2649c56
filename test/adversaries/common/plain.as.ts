/** What the cheats in AssemblyScript are variations of: one element of op(A) op(B), and where it goes. */
export function dot(
  A: usize, B: usize, i: i32, j: i32, from: i32, to: i32, lda: i32, ldb: i32, transA: i32, transB: i32, mask: i32,
): f32 {
  let sum: f32 = 0;
  for (let k = from; k < to; k++) {
    const a = load<i32>(A + (<usize>(transA ? k * lda + i : i * lda + k) << 2)) & mask;
    const b = load<i32>(B + (<usize>(transB ? j * ldb + k : k * ldb + j) << 2)) & mask;
    sum += reinterpret<f32>(a) * reinterpret<f32>(b);
  }
  return sum;
}

export function put(C: usize, at: i32, alpha: f32, sum: f32, beta: f32): void {
  const to = C + (<usize>at << 2);
  store<f32>(to, beta == 0 ? alpha * sum : alpha * sum + beta * load<f32>(to));
}
