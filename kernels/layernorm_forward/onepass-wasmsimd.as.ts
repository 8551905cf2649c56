/**
 * mean and variance from one pass over the row: with y = x - x[0],  mean = x[0] + E[y],  variance = E[y^2] - E[y]^2
 *
 * @about one pass for mean and variance, on values shifted by the row's first; rows shared by threads
 * @threads any
 * @source Chan, Golub and LeVeque 1983 for the shift
 *
 * Needs    SIMD of 128 bits.
 * Expects  the cache's bandwidth: the row is read twice, the second time from L1, and written once.
 */
import { share } from '../common/threads.as';

export function run(
  tid: i32, nthreads: i32, out: usize, mean: usize, rstd: usize, inp: usize, weight: usize, bias: usize,
  B: i32, T: i32, C: i32, scratch: usize,
): void {
  const end = share(B * T, 1, tid + 1, nthreads);
  for (let r = share(B * T, 1, tid, nthreads); r < end; r++) {
    const at = <usize>(r * C) << 2;
    layernormRow(out + at, inp + at, weight, bias, mean + (r << 2), rstd + (r << 2), C);
  }
}

function layernormRow(out: usize, x: usize, weight: usize, bias: usize, meanAt: usize, rstdAt: usize, C: i32): void {
  const whole = <usize>(C & ~3) << 2, end = <usize>C << 2;
  const first = load<f32>(x);
  const shift = f32x4.splat(first);
  let sums = f32x4.splat(0), squares = f32x4.splat(0);
  let i: usize = 0;
  for (; i < whole; i += 16) {
    const y = f32x4.sub(v128.load(x + i), shift);
    sums = f32x4.add(sums, y);
    squares = f32x4.add(squares, f32x4.mul(y, y));
  }
  let sum = lanes(sums), square = lanes(squares);
  for (; i < end; i += 4) {
    const y = load<f32>(x + i) - first;
    sum += y;
    square += y * y;
  }
  const off = sum / <f32>C;
  const mean = first + off;
  const rstd: f32 = 1 / sqrt<f32>(max<f32>(square / <f32>C - off * off, 0) + 1e-5);
  const center = f32x4.splat(mean), scale = f32x4.splat(rstd);
  for (i = 0; i < whole; i += 16) {
    const norm = f32x4.mul(f32x4.sub(v128.load(x + i), center), scale);
    v128.store(out + i, f32x4.add(f32x4.mul(norm, v128.load(weight + i)), v128.load(bias + i)));
  }
  for (; i < end; i += 4) {
    store<f32>(out + i, (load<f32>(x + i) - mean) * rstd * load<f32>(weight + i) + load<f32>(bias + i));
  }
  store<f32>(meanAt, mean);
  store<f32>(rstdAt, rstd);
}

// @ts-ignore: decorator
@inline function lanes(x: v128): f32 {
  return (f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 2)) + (f32x4.extract_lane(x, 1) + f32x4.extract_lane(x, 3));
}
