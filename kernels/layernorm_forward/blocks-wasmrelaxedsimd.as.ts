/**
 * Sixteen rows at a time, in three loops: sums of every row; mean and rstd of four rows in four lanes; scaling of every row.
 *
 * @about sixteen rows at a time: sums first, then mean and rstd of four rows in four lanes, so that no row waits for its root
 * @threads any
 * @flags --experimental-wasm-revectorize
 * @source Chan, Golub and LeVeque 1983 for the shift of a one-pass variance
 *
 * Needs    relaxed SIMD; a block of rows to stay in L1 (16 C floats).
 * Expects  twice the rate of onepass: there, a row's root, divisions and horizontal sums, some 90 cycles one after the other,
 *          stand between its two loops, which take 50 at C = 128. Here rows overlap in the first loop and in the last.
 */
import { fma } from '../common/math.as';
import { share, workers } from '../common/threads.as';

const ROWS: i32 = 16;
/** Of one row: eight lanes of its sum, eight of its sum of squares. */
const SUMS: usize = 64;

export function scratchBytes(nthreads: i32, B: i32, T: i32, C: i32): i32 {
  return 256 + ROWS * <i32>SUMS * nthreads;
}

export function run(
  tid: i32, nthreads: i32, out: usize, mean: usize, rstd: usize, inp: usize, weight: usize, bias: usize,
  B: i32, T: i32, C: i32, scratch: usize,
): void {
  // Arithmetic weighs more than bytes here: from 32,768 elements on, a second thread is worth its hand-off.
  nthreads = workers(nthreads, 64 * B * T * C);
  if (tid >= nthreads) return;
  const sums = scratch + 256 + ROWS * SUMS * tid;
  const end = share(B * T, 1, tid + 1, nthreads);
  for (let r = share(B * T, 1, tid, nthreads); r < end; r += ROWS) {
    const rows = min(ROWS, end - r);
    const at = <usize>r * C << 2, stat = <usize>r << 2;
    for (let i = 0; i < rows; i++) sumRow(sums + SUMS * i, inp + at + (<usize>i * C << 2), C);
    for (let i = 0; i < rows; i += 4) statistics(mean + stat, rstd + stat, sums, inp + at, i, rows, C);
    for (let i = 0; i < rows; i++) {
      const row = at + (<usize>i * C << 2), s = stat + (i << 2);
      scaleRow(out + row, inp + row, weight, bias, load<f32>(mean + s), load<f32>(rstd + s), C);
    }
  }
}

/** Sums of x - x[0] and of its square, in eight lanes each. */
function sumRow(sums: usize, x: usize, C: i32): void {
  const end = <usize>C << 2;
  const shift = v128.load_splat<f32>(x);
  let s0 = f32x4.splat(0), s1 = f32x4.splat(0), s2 = f32x4.splat(0), s3 = f32x4.splat(0);
  let q0 = f32x4.splat(0), q1 = f32x4.splat(0), q2 = f32x4.splat(0), q3 = f32x4.splat(0);
  let i: usize = 0;
  for (; i + 64 <= end; i += 64) {
    const y0 = f32x4.sub(v128.load(x + i), shift), y1 = f32x4.sub(v128.load(x + i, 16), shift);
    const y2 = f32x4.sub(v128.load(x + i, 32), shift), y3 = f32x4.sub(v128.load(x + i, 48), shift);
    s0 = f32x4.add(s0, y0);
    s1 = f32x4.add(s1, y1);
    s2 = f32x4.add(s2, y2);
    s3 = f32x4.add(s3, y3);
    q0 = fma(y0, y0, q0);
    q1 = fma(y1, y1, q1);
    q2 = fma(y2, y2, q2);
    q3 = fma(y3, y3, q3);
  }
  v128.store(sums, f32x4.add(s0, s2));
  v128.store(sums, f32x4.add(s1, s3), 16);
  v128.store(sums, f32x4.add(q0, q2), 32);
  v128.store(sums, f32x4.add(q1, q3), 48);
  for (; i < end; i += 4) {
    const y = load<f32>(x + i) - load<f32>(x);
    store<f32>(sums, load<f32>(sums) + y);
    store<f32>(sums, load<f32>(sums, 32) + y * y, 32);
  }
}

/** Of rows i..i+3, a row a lane. Beyond `rows` lie old sums, whose results are not stored. */
function statistics(mean: usize, rstd: usize, sums: usize, x: usize, i: i32, rows: i32, C: i32): void {
  const at = sums + SUMS * i, row = x + (<usize>i * C << 2), step = <usize>C << 2;
  const last = <usize>min(3, rows - 1 - i);
  const n = f32x4.splat(<f32>C);
  const off = f32x4.div(acrossRows(at), n), square = f32x4.div(acrossRows(at + 32), n);
  const variance = f32x4.max(f32x4.sub(square, f32x4.mul(off, off)), f32x4.splat(0));
  const r = f32x4.div(f32x4.splat(1), f32x4.sqrt(f32x4.add(variance, f32x4.splat(1e-5))));
  const first = v128.load_lane<f32>(row + min<usize>(1, last) * step, v128.load_splat<f32>(row), 1);
  const firsts = v128.load_lane<f32>(
    row + min<usize>(3, last) * step, v128.load_lane<f32>(row + min<usize>(2, last) * step, first, 2), 3,
  );
  const m = f32x4.add(firsts, off);
  mean += i << 2, rstd += i << 2;
  if (last == 3) {
    v128.store(mean, m);
    v128.store(rstd, r);
    return;
  }
  v128.store_lane<f32>(mean, m, 0);
  v128.store_lane<f32>(rstd, r, 0);
  if (last > 0) v128.store_lane<f32>(mean, m, 1, 4), v128.store_lane<f32>(rstd, r, 1, 4);
  if (last > 1) v128.store_lane<f32>(mean, m, 2, 8), v128.store_lane<f32>(rstd, r, 2, 8);
}

/** Lane j is the sum of the eight lanes that lie SUMS j bytes further on. */
// @ts-ignore: decorator
@inline function acrossRows(at: usize): v128 {
  const a = f32x4.add(v128.load(at), v128.load(at, 16));
  const b = f32x4.add(v128.load(at, SUMS), v128.load(at, SUMS + 16));
  const c = f32x4.add(v128.load(at, 2 * SUMS), v128.load(at, 2 * SUMS + 16));
  const d = f32x4.add(v128.load(at, 3 * SUMS), v128.load(at, 3 * SUMS + 16));
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 2, 6), v128.shuffle<f32>(a, b, 1, 5, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 2, 6), v128.shuffle<f32>(c, d, 1, 5, 3, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}

function scaleRow(out: usize, x: usize, weight: usize, bias: usize, mean: f32, rstd: f32, C: i32): void {
  const end = <usize>C << 2;
  const center = f32x4.splat(mean), scale = f32x4.splat(rstd);
  let i: usize = 0;
  for (; i + 32 <= end; i += 32) {
    const n0 = f32x4.mul(f32x4.sub(v128.load(x + i), center), scale);
    const n1 = f32x4.mul(f32x4.sub(v128.load(x + i, 16), center), scale);
    const y0 = fma(n0, v128.load(weight + i), v128.load(bias + i));
    const y1 = fma(n1, v128.load(weight + i, 16), v128.load(bias + i, 16));
    v128.store(out + i, y0);
    v128.store(out + i, y1, 16);
  }
  for (; i < end; i += 4) {
    store<f32>(out + i, (load<f32>(x + i) - mean) * rstd * load<f32>(weight + i) + load<f32>(bias + i));
  }
}
