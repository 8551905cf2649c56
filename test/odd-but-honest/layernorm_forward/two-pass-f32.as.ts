/**
 * Odd      two passes with running sums in f32, where the baseline's are in f64; scale and shift folded into one product and one sum.
 * Honest   what any f32 kernel without vectors does.
 *
 * @about two passes over a row, plain f32
 * @threads one
 */
export function run(
  tid: i32, nthreads: i32,
  out: usize, mean: usize, rstd: usize, inp: usize, weight: usize, bias: usize,
  B: i32, T: i32, C: i32, scratch: usize,
): void {
  for (let r = 0; r < B * T; r++) {
    const row = inp + (<usize>(r * C) << 2);
    let sum: f32 = 0;
    for (let i = 0; i < C; i++) sum += load<f32>(row + (<usize>i << 2));
    const m = sum / <f32>C;
    let squares: f32 = 0;
    for (let i = 0; i < C; i++) {
      const off = load<f32>(row + (<usize>i << 2)) - m;
      squares += off * off;
    }
    const s: f32 = 1 / sqrt<f32>(squares / <f32>C + 1e-5);
    store<f32>(mean + (<usize>r << 2), m);
    store<f32>(rstd + (<usize>r << 2), s);
    for (let i = 0; i < C; i++) {
      const at = <usize>i << 2;
      const scale = s * load<f32>(weight + at);
      store<f32>(out + (<usize>(r * C) << 2) + at, (load<f32>(row + at) - m) * scale + load<f32>(bias + at));
    }
  }
}
