/**
 * mean and variance from one pass over the row: with y = x - x[0],  mean = x[0] + E[y],  variance = E[y^2] - E[y]^2
 *
 * @about as onepass, with fused multiply-adds on pairs of vectors, sums too, that V8 packs to 256 bits
 * @threads any
 * @flags --experimental-wasm-revectorize
 * @source Chan, Golub and LeVeque 1983 for the shift
 *
 * Needs    relaxed SIMD. The revectorizer packs what ends in a pair of stores: the sums of a row are stored in pairs as well.
 * Expects  four chains of sums, so that their latency does not bound a short row; else as onepass.
 */
import { fma, sqrt1, sum4 } from '../common/math.as';
import { share, workers } from '../common/threads.as';

/** Of one thread: two pairs of vectors. */
const OWN: i32 = 64;

export function scratchBytes(nthreads: i32, B: i32, T: i32, C: i32): i32 {
  return 256 + OWN * nthreads;
}

export function run(
  tid: i32, nthreads: i32, out: usize, mean: usize, rstd: usize, inp: usize, weight: usize, bias: usize,
  B: i32, T: i32, C: i32, scratch: usize,
): void {
  nthreads = workers(nthreads, 8 * B * T * C);
  if (tid >= nthreads) return;
  const end = share(B * T, 1, tid + 1, nthreads);
  for (let r = share(B * T, 1, tid, nthreads); r < end; r++) {
    const at = <usize>r * C << 2;
    layernormRow(out + at, inp + at, weight, bias, mean + (r << 2), rstd + (r << 2), C, scratch + 256 + OWN * tid);
  }
}

function layernormRow(
  out: usize, x: usize, weight: usize, bias: usize, meanAt: usize, rstdAt: usize, C: i32, own: usize,
): void {
  const end = <usize>C << 2;
  const first = load<f32>(x);
  const shift = f32x4.splat(first);
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
  v128.store(own, f32x4.add(s0, s2));
  v128.store(own, f32x4.add(s1, s3), 16);
  v128.store(own, f32x4.add(q0, q2), 32);
  v128.store(own, f32x4.add(q1, q3), 48);
  let sum = sum4(f32x4.add(v128.load(own), v128.load(own, 16)));
  let square = sum4(f32x4.add(v128.load(own, 32), v128.load(own, 48)));
  for (; i < end; i += 4) {
    const y = load<f32>(x + i) - first;
    sum += y;
    square += y * y;
  }
  const off = sum / <f32>C;
  const mean = first + off;
  const rstd: f32 = 1 / sqrt1(max<f32>(square / <f32>C - off * off, 0) + 1e-5);
  const center = f32x4.splat(mean), scale = f32x4.splat(rstd);
  for (i = 0; i + 64 <= end; i += 64) {
    const n0 = f32x4.mul(f32x4.sub(v128.load(x + i), center), scale);
    const n1 = f32x4.mul(f32x4.sub(v128.load(x + i, 16), center), scale);
    const n2 = f32x4.mul(f32x4.sub(v128.load(x + i, 32), center), scale);
    const n3 = f32x4.mul(f32x4.sub(v128.load(x + i, 48), center), scale);
    const y0 = fma(n0, v128.load(weight + i), v128.load(bias + i));
    const y1 = fma(n1, v128.load(weight + i, 16), v128.load(bias + i, 16));
    const y2 = fma(n2, v128.load(weight + i, 32), v128.load(bias + i, 32));
    const y3 = fma(n3, v128.load(weight + i, 48), v128.load(bias + i, 48));
    v128.store(out + i, y0);
    v128.store(out + i, y1, 16);
    v128.store(out + i, y2, 32);
    v128.store(out + i, y3, 48);
  }
  for (; i < end; i += 4) {
    store<f32>(out + i, (load<f32>(x + i) - mean) * rstd * load<f32>(weight + i) + load<f32>(bias + i));
  }
  store<f32>(meanAt, mean);
  store<f32>(rstdAt, rstd);
}
