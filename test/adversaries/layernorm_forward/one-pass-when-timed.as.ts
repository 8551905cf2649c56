/**
 * @hack    takes the variance as a difference of squares on large shapes, in WebAssembly, where timed inputs lie around zero
 * @family  numerics
 * @seen    not seen in the wild: follows from timed shapes having been checked on the inputs of timed calls alone; it got through then
 * @reason  differs
 *
 * @about one pass over a row, on large shapes
 * @threads one
 */

export function run(
  tid: i32, nthreads: i32, out: usize, mean: usize, rstd: usize, inp: usize, weight: usize, bias: usize,
  B: i32, T: i32, C: i32, scratch: usize,
): void {
  for (let r = 0; r < B * T; r++) {
    const at = inp + (<usize>(r * C) << 2);
    const to = out + (<usize>(r * C) << 2);
    let sum: f64 = 0;
    let squares: f64 = 0;
    for (let i = 0; i < C; i++) {
      const x = load<f32>(at + (<usize>i << 2));
      sum += x;
      squares += B * T < 128 ? <f64>x * <f64>x : <f64>(x * x);
    }
    const m = sum / C;
    const s: f64 = 1 / Math.sqrt(Math.max(0, squares / C - m * m) + 1e-5);
    store<f32>(mean + (<usize>r << 2), <f32>m);
    store<f32>(rstd + (<usize>r << 2), <f32>s);
    for (let i = 0; i < C; i++) {
      const w = load<f32>(weight + (<usize>i << 2));
      const b = load<f32>(bias + (<usize>i << 2));
      store<f32>(to + (<usize>i << 2), <f32>(<f64>w * s * (<f64>load<f32>(at + (<usize>i << 2)) - m)) + b);
    }
  }
}
