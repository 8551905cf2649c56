/**
 * Sums of whole arrays: out = a + b, and the bias gradient out[c] = sum over r of x[r,c].
 *
 * Shapes   add: n floats; columnSums: x (rows,C), columns c0..c1-1 of it, out (C). All sizes any.
 */

export function add(out: usize, a: usize, b: usize, n: i32): void {
  let i: usize = 0;
  const end = <usize>n << 2;
  for (; i + 16 <= end; i += 16) v128.store(out + i, f32x4.add(v128.load(a + i), v128.load(b + i)));
  for (; i < end; i += 4) store<f32>(out + i, load<f32>(a + i) + load<f32>(b + i));
}

export function columnSums(out: usize, x: usize, rows: i32, C: i32, c0: i32, c1: i32): void {
  const step = <usize>C << 2;
  const end = x + step * rows;
  let c = c0;
  // Sixteen columns are a cache line of each row.
  for (; c + 16 <= c1; c += 16) {
    let s0 = f32x4.splat(0), s1 = f32x4.splat(0), s2 = f32x4.splat(0), s3 = f32x4.splat(0);
    for (let at = x + (c << 2); at < end; at += step) {
      s0 = f32x4.add(s0, v128.load(at));
      s1 = f32x4.add(s1, v128.load(at, 16));
      s2 = f32x4.add(s2, v128.load(at, 32));
      s3 = f32x4.add(s3, v128.load(at, 48));
    }
    v128.store(out + (c << 2), s0);
    v128.store(out + (c << 2), s1, 16);
    v128.store(out + (c << 2), s2, 32);
    v128.store(out + (c << 2), s3, 48);
  }
  for (; c < c1; c++) {
    let s: f32 = 0;
    for (let at = x + (c << 2); at < end; at += step) s += load<f32>(at);
    store<f32>(out + (c << 2), s);
  }
}
