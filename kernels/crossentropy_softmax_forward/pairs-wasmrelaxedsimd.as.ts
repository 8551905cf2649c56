/**
 * probs = exp(l - max) / S, S = sum exp(l - max), loss = log S + (max - l[target]);  three passes over a row that is in L1
 *
 * @about max, exp with its sum, and scaling as passes over pairs of vectors that V8 packs to 256 bits; rows shared by threads
 * @threads any
 * @flags --experimental-wasm-revectorize
 * @source Cephes, expf, for the polynomial
 *
 * Needs    relaxed SIMD. The revectorizer packs what ends in a pair of stores: sums and maxima are stored in pairs as well.
 * Expects  to be bound by exp, some 16 instructions for 8 floats; one log a row, in f64.
 */
import { below, exp } from '../common/math.as';
import { share } from '../common/threads.as';

/** Of one thread: a line for each of its two pairs. */
const OWN: i32 = 128;

export function scratchBytes(nthreads: i32, B: i32, T: i32, V: i32): i32 {
  return 256 + OWN * nthreads;
}

export function run(
  tid: i32, nthreads: i32, losses: usize, probs: usize, logits: usize, targets: usize,
  B: i32, T: i32, V: i32, scratch: usize,
): void {
  const own = scratch + 256 + OWN * tid;
  const end = share(B * T, 1, tid + 1, nthreads);
  for (let r = share(B * T, 1, tid, nthreads); r < end; r++) {
    const x = logits + (<usize>r * V << 2), p = probs + (<usize>r * V << 2);
    const most = rowMax(x, V, own);
    const sum = expRow(p, x, V, most, own);
    scaleRow(p, V, 1 / sum);
    const margin = <f64>most - <f64>load<f32>(x + (load<i32>(targets + (r << 2)) << 2));
    store<f32>(losses + (r << 2), <f32>(Math.log(<f64>sum) + margin));
  }
}

function rowMax(x: usize, V: i32, own: usize): f32 {
  const end = x + (<usize>V << 2);
  let a0 = f32x4.splat(-Infinity), a1 = f32x4.splat(-Infinity);
  let b0 = f32x4.splat(-Infinity), b1 = f32x4.splat(-Infinity);
  for (; x + 64 <= end; x += 64) {
    a0 = f32x4.pmax(a0, v128.load(x));
    a1 = f32x4.pmax(a1, v128.load(x, 16));
    b0 = f32x4.pmax(b0, v128.load(x, 32));
    b1 = f32x4.pmax(b1, v128.load(x, 48));
  }
  v128.store(own, f32x4.pmax(a0, b0));
  v128.store(own, f32x4.pmax(a1, b1), 16);
  let all = f32x4.pmax(v128.load(own), v128.load(own, 16));
  for (; x + 16 <= end; x += 16) all = f32x4.pmax(all, v128.load(x));
  let most = max(
    max(f32x4.extract_lane(all, 0), f32x4.extract_lane(all, 1)),
    max(f32x4.extract_lane(all, 2), f32x4.extract_lane(all, 3)),
  );
  for (; x < end; x += 4) most = max(most, load<f32>(x));
  return most;
}

/** p = exp(x - most); returns the sum. */
function expRow(p: usize, x: usize, V: i32, most: f32, own: usize): f32 {
  const end = x + (<usize>V << 2);
  const shift = f32x4.splat(most);
  let s0 = f32x4.splat(0), s1 = f32x4.splat(0);
  for (; x + 32 <= end; x += 32, p += 32) {
    const e0 = exp(f32x4.sub(v128.load(x), shift)), e1 = exp(f32x4.sub(v128.load(x, 16), shift));
    s0 = f32x4.add(s0, e0);
    s1 = f32x4.add(s1, e1);
    v128.store(p, e0);
    v128.store(p, e1, 16);
  }
  v128.store(own, s0, 64);
  v128.store(own, s1, 80);
  let sums = f32x4.add(v128.load(own, 64), v128.load(own, 80));
  if (x + 16 <= end) {
    const e = exp(f32x4.sub(v128.load(x), shift));
    v128.store(p, e);
    sums = f32x4.add(sums, e);
    x += 16;
    p += 16;
  }
  if (x < end) {
    // What lies behind the row is read, but neither counted nor written.
    const left = <i32>(end - x) >> 2;
    const e = v128.and(exp(f32x4.sub(v128.load(x), shift)), below(0, left));
    sums = f32x4.add(sums, e);
    v128.store_lane<f32>(p, e, 0);
    if (left > 1) v128.store_lane<f32>(p, e, 1, 4);
    if (left > 2) v128.store_lane<f32>(p, e, 2, 8);
  }
  return (f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 2)) +
    (f32x4.extract_lane(sums, 1) + f32x4.extract_lane(sums, 3));
}

function scaleRow(p: usize, V: i32, by: f32): void {
  const end = p + (<usize>V << 2);
  const scale = f32x4.splat(by);
  for (; p + 64 <= end; p += 64) {
    const p0 = f32x4.mul(v128.load(p), scale), p1 = f32x4.mul(v128.load(p, 16), scale);
    const p2 = f32x4.mul(v128.load(p, 32), scale), p3 = f32x4.mul(v128.load(p, 48), scale);
    v128.store(p, p0);
    v128.store(p, p1, 16);
    v128.store(p, p2, 32);
    v128.store(p, p3, 48);
  }
  for (; p + 16 <= end; p += 16) v128.store(p, f32x4.mul(v128.load(p), scale));
  for (; p < end; p += 4) store<f32>(p, load<f32>(p) * by);
}
