/**
 * dinp += (g - a - (inp - mean) b) rstd,  g = weight dout,  a = mean(g),  b = mean(g (inp - mean)) rstd^2      own rows
 * dweight += sum of dout (inp - mean) rstd;  dbias += sum of dout                                       own columns
 *
 * @about eight rows at a time for dinp, then columns of 16 for dweight and dbias, sums in registers: no barrier, no partial sums
 * @threads any
 * @flags --experimental-wasm-revectorize
 *
 * Needs    relaxed SIMD. The revectorizer packs what ends in a pair of stores: the sums of a row are stored in pairs as well.
 * Expects  13 operations for an element, two of them a cycle: arithmetic, not memory, is the bound, so that a second thread pays.
 * Tried    four rows at a time with the column sums in the same loop, loaded and stored once for the four: 12 operations in
 *          place of 13, and no faster; it takes one thread.
 */
import { fma } from '../common/math.as';
import { share, workers } from '../common/threads.as';

const ROWS: i32 = 8;
/** Of one row: eight lanes of the sum of g, eight of that of g (inp - mean). */
const SUMS: usize = 64;

export function scratchBytes(nthreads: i32, B: i32, T: i32, C: i32): i32 {
  return 256 + ROWS * <i32>SUMS * nthreads;
}

export function run(
  tid: i32, nthreads: i32, dinp: usize, dweight: usize, dbias: usize, dout: usize, inp: usize, weight: usize,
  mean: usize, rstd: usize, B: i32, T: i32, C: i32, scratch: usize,
): void {
  // Arithmetic weighs more than bytes here: from 32,768 elements on, a second thread is worth its hand-off.
  nthreads = workers(nthreads, 64 * B * T * C);
  if (tid >= nthreads) return;
  const rows = B * T, step = <usize>C << 2, sums = scratch + 256 + ROWS * SUMS * tid;
  const end = share(rows, 1, tid + 1, nthreads);
  for (let r = share(rows, 1, tid, nthreads); r < end; r += ROWS) {
    const own = min(ROWS, end - r), at = <usize>r * step, stat = <usize>r << 2;
    for (let i = 0; i < own; i++) {
      const row = at + <usize>i * step;
      sumRow(sums + SUMS * i, dout + row, inp + row, weight, load<f32>(mean + stat + (i << 2)), C);
    }
    for (let i = 0; i < own; i++) {
      const row = at + <usize>i * step, m = load<f32>(mean + stat + (i << 2)), s = load<f32>(rstd + stat + (i << 2));
      addRow(dinp + row, dout + row, inp + row, weight, m, s, sums + SUMS * i, C);
    }
  }
  const first = share(C, 16, tid, nthreads), last = share(C, 16, tid + 1, nthreads);
  addColumns(dweight, dbias, dout, inp, mean, rstd, rows, C, first, last);
}

function sumRow(sums: usize, d: usize, x: usize, weight: usize, mean: f32, C: i32): void {
  const end = <usize>C << 2;
  const center = f32x4.splat(mean);
  let a0 = f32x4.splat(0), a1 = f32x4.splat(0), b0 = f32x4.splat(0), b1 = f32x4.splat(0);
  let i: usize = 0;
  for (; i + 32 <= end; i += 32) {
    const g0 = f32x4.mul(v128.load(d + i), v128.load(weight + i));
    const g1 = f32x4.mul(v128.load(d + i, 16), v128.load(weight + i, 16));
    a0 = f32x4.add(a0, g0);
    a1 = f32x4.add(a1, g1);
    b0 = fma(g0, f32x4.sub(v128.load(x + i), center), b0);
    b1 = fma(g1, f32x4.sub(v128.load(x + i, 16), center), b1);
  }
  v128.store(sums, a0);
  v128.store(sums, a1, 16);
  v128.store(sums, b0, 32);
  v128.store(sums, b1, 48);
  for (; i < end; i += 4) {
    const g = load<f32>(d + i) * load<f32>(weight + i);
    store<f32>(sums, load<f32>(sums) + g);
    store<f32>(sums, load<f32>(sums, 32) + g * (load<f32>(x + i) - mean), 32);
  }
}

function addRow(dx: usize, d: usize, x: usize, weight: usize, mean: f32, rstd: f32, sums: usize, C: i32): void {
  const end = <usize>C << 2;
  // Both sums side by side: (a, a, b, b) + the rest, then one addition more.
  const a = f32x4.add(v128.load(sums), v128.load(sums, 16)), b = f32x4.add(v128.load(sums, 32), v128.load(sums, 48));
  const half = f32x4.add(v128.shuffle<f32>(a, b, 0, 1, 4, 5), v128.shuffle<f32>(a, b, 2, 3, 6, 7));
  const both = f32x4.mul(f32x4.add(half, v128.shuffle<f32>(half, half, 1, 0, 3, 2)), f32x4.splat(-rstd / <f32>C));
  const shift = v128.shuffle<f32>(both, both, 0, 0, 0, 0);
  const center = f32x4.splat(mean), scale = f32x4.splat(rstd);
  const slope = f32x4.mul(v128.shuffle<f32>(both, both, 2, 2, 2, 2), f32x4.mul(scale, scale));
  let i: usize = 0;
  for (; i + 32 <= end; i += 32) {
    const g0 = f32x4.mul(v128.load(d + i), v128.load(weight + i));
    const g1 = f32x4.mul(v128.load(d + i, 16), v128.load(weight + i, 16));
    const n0 = fma(f32x4.sub(v128.load(x + i), center), slope, shift);
    const n1 = fma(f32x4.sub(v128.load(x + i, 16), center), slope, shift);
    const x0 = f32x4.add(fma(g0, scale, n0), v128.load(dx + i));
    const x1 = f32x4.add(fma(g1, scale, n1), v128.load(dx + i, 16));
    v128.store(dx + i, x0);
    v128.store(dx + i, x1, 16);
  }
  const own = f32x4.extract_lane(shift, 0), way = f32x4.extract_lane(slope, 0);
  for (; i < end; i += 4) {
    const g = load<f32>(d + i) * load<f32>(weight + i);
    store<f32>(dx + i, load<f32>(dx + i) + (g * rstd + ((load<f32>(x + i) - mean) * way + own)));
  }
}

/** Columns c0..c1-1; c0 is a multiple of 16, so that the threads' number does not move where 16 become fewer. */
function addColumns(
  dweight: usize, dbias: usize, dout: usize, inp: usize, mean: usize, rstd: usize, rows: i32, C: i32, c0: i32, c1: i32,
): void {
  const step = <usize>C << 2, end = <usize>rows << 2;
  let c = c0;
  for (; c + 16 <= c1; c += 16) {
    const w = dweight + (c << 2), b = dbias + (c << 2);
    let w0 = f32x4.splat(0), w1 = f32x4.splat(0), w2 = f32x4.splat(0), w3 = f32x4.splat(0);
    let b0 = f32x4.splat(0), b1 = f32x4.splat(0), b2 = f32x4.splat(0), b3 = f32x4.splat(0);
    let d = dout + (c << 2), x = inp + (c << 2);
    for (let r: usize = 0; r < end; r += 4, d += step, x += step) {
      const center = v128.load_splat<f32>(mean + r), scale = v128.load_splat<f32>(rstd + r);
      const d0 = v128.load(d), d1 = v128.load(d, 16), d2 = v128.load(d, 32), d3 = v128.load(d, 48);
      w0 = fma(d0, f32x4.mul(f32x4.sub(v128.load(x), center), scale), w0);
      w1 = fma(d1, f32x4.mul(f32x4.sub(v128.load(x, 16), center), scale), w1);
      w2 = fma(d2, f32x4.mul(f32x4.sub(v128.load(x, 32), center), scale), w2);
      w3 = fma(d3, f32x4.mul(f32x4.sub(v128.load(x, 48), center), scale), w3);
      b0 = f32x4.add(b0, d0);
      b1 = f32x4.add(b1, d1);
      b2 = f32x4.add(b2, d2);
      b3 = f32x4.add(b3, d3);
    }
    w0 = f32x4.add(w0, v128.load(w));
    w1 = f32x4.add(w1, v128.load(w, 16));
    w2 = f32x4.add(w2, v128.load(w, 32));
    w3 = f32x4.add(w3, v128.load(w, 48));
    b0 = f32x4.add(b0, v128.load(b));
    b1 = f32x4.add(b1, v128.load(b, 16));
    b2 = f32x4.add(b2, v128.load(b, 32));
    b3 = f32x4.add(b3, v128.load(b, 48));
    v128.store(w, w0);
    v128.store(w, w1, 16);
    v128.store(w, w2, 32);
    v128.store(w, w3, 48);
    v128.store(b, b0);
    v128.store(b, b1, 16);
    v128.store(b, b2, 32);
    v128.store(b, b3, 48);
  }
  for (; c < c1; c++) {
    let w: f32 = 0, b: f32 = 0;
    let at = <usize>c << 2;
    for (let r: usize = 0; r < end; r += 4, at += step) {
      const d = load<f32>(dout + at);
      w += d * ((load<f32>(inp + at) - load<f32>(mean + r)) * load<f32>(rstd + r));
      b += d;
    }
    store<f32>(dweight + (c << 2), load<f32>(dweight + (c << 2)) + w);
    store<f32>(dbias + (c << 2), load<f32>(dbias + (c << 2)) + b);
  }
}
