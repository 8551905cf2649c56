/**
 * One pass over the keys of a query, with what the softmax needs kept up to date, four keys at a time:
 *
 *   m' = max(m, scores);  e = exp(scores - m');  c = exp(m - m');  sum = c sum + e;  out = c out + e values
 *   at the end  att = exp(scores - m) / sum,  out = out / sum
 *
 * @about online softmax: one pass over keys and values, rescaled when the running maximum grows
 * @threads any
 * @source Milakov and Gimelshein 2018, arXiv:1805.02867; Dao et al. 2022, arXiv:2205.14135
 *
 * Needs    relaxed SIMD; scratch for one row of scores.
 * Expects  to be bound by loads: four multiply-adds take five of them, and each query reads all keys and values again.
 *          The second exp for att is the price of the single pass.
 */
import { below, exp, fma, sum4 } from '../common/math.as';

// @ts-ignore: decorator
@inline function rowBytes(T: i32): usize {
  return <usize>((T + 15) & ~15) << 2;
}

export function scratchBytes(nthreads: i32, B: i32, T: i32, C: i32, NH: i32): i32 {
  return nthreads * <i32>rowBytes(T);
}

export function run(
  tid: i32, nthreads: i32, out: usize, att: usize, inp: usize, B: i32, T: i32, C: i32, NH: i32, scratch: usize,
): void {
  const hs = C / NH;
  const scores = scratch + <usize>tid * rowBytes(T);
  for (let head = tid; head < B * NH; head += nthreads) {
    const row = (head / NH) * T, column = <usize>((head % NH) * hs) << 2;
    const q = inp + (<usize>(row * 3 * C) << 2) + column;
    for (let t = 0; t < T; t++) {
      const to = out + (<usize>((row + t) * C) << 2) + column;
      const att_t = att + (<usize>((head * T + t) * T) << 2);
      attend(to, att_t, q + (<usize>(t * 3 * C) << 2), q + (C << 2), t, T, C, hs, scores);
    }
  }
}

/** One query, t; key 0 at k, the values behind the keys. */
function attend(out: usize, att: usize, q: usize, k: usize, t: i32, T: i32, C: i32, hs: i32, scores: usize): void {
  const step = <usize>(3 * C) << 2, value = <usize>C << 2;
  const scale = f32x4.splat(1 / sqrt<f32>(<f32>hs));
  let most: f32 = -Infinity;
  let sums = f32x4.splat(0);
  for (let i = 0; i < hs; i++) store<f32>(out + (i << 2), 0);
  for (let j = 0; j <= t; j += 4) {
    // Keys behind the last one repeat it; their weight is zero.
    const k0 = k + step * j, k1 = k + step * min(j + 1, t);
    const k2 = k + step * min(j + 2, t), k3 = k + step * min(j + 3, t);
    const score = f32x4.mul(dots(q, k0, k1, k2, k3, hs), scale);
    const before = most;
    most = max(most, max4(score));
    const e = v128.and(exp(f32x4.sub(score, f32x4.splat(most))), below(j, t + 1));
    const keep = exp(f32x4.splat(before - most));
    sums = fma(sums, keep, e);
    v128.store(scores + (j << 2), score);
    accumulate(out, keep, e, k0 + value, k1 + value, k2 + value, k3 + value, hs);
  }
  const inverse: f32 = 1 / sum4(sums);
  for (let i = 0; i < hs; i++) store<f32>(out + (i << 2), load<f32>(out + (i << 2)) * inverse);
  probabilities(att, scores, t + 1, T, most, inverse);
}

/** q . k0, q . k1, q . k2, q . k3 in one vector. */
// @ts-ignore: decorator
@inline function dots(q: usize, k0: usize, k1: usize, k2: usize, k3: usize, hs: i32): v128 {
  let a = f32x4.splat(0), b = a, c = a, d = a;
  let x: usize = 0;
  const end = <usize>hs << 2;
  for (; x + 16 <= end; x += 16) {
    const part = v128.load(q + x);
    a = fma(part, v128.load(k0 + x), a);
    b = fma(part, v128.load(k1 + x), b);
    c = fma(part, v128.load(k2 + x), c);
    d = fma(part, v128.load(k3 + x), d);
  }
  // Halves added in pairs, then their halves: lane i ends as the sum of vector i.
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  let all = f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
  for (; x < end; x += 4) {
    const column = f32x4(load<f32>(k0 + x), load<f32>(k1 + x), load<f32>(k2 + x), load<f32>(k3 + x));
    all = fma(v128.load_splat<f32>(q + x), column, all);
  }
  return all;
}

/** out = keep out + e[0] v0 + e[1] v1 + e[2] v2 + e[3] v3 */
// @ts-ignore: decorator
@inline function accumulate(
  out: usize, keep: v128, e: v128, v0: usize, v1: usize, v2: usize, v3: usize, hs: i32,
): void {
  const e0 = v128.shuffle<f32>(e, e, 0, 0, 0, 0), e1 = v128.shuffle<f32>(e, e, 1, 1, 1, 1);
  const e2 = v128.shuffle<f32>(e, e, 2, 2, 2, 2), e3 = v128.shuffle<f32>(e, e, 3, 3, 3, 3);
  let x: usize = 0;
  const end = <usize>hs << 2;
  for (; x + 16 <= end; x += 16) {
    let sum = fma(v128.load(v0 + x), e0, f32x4.mul(v128.load(out + x), keep));
    sum = fma(v128.load(v1 + x), e1, sum);
    sum = fma(v128.load(v2 + x), e2, sum);
    v128.store(out + x, fma(v128.load(v3 + x), e3, sum));
  }
  for (; x < end; x += 4) {
    let sum = fma(v128.load_zero<f32>(v0 + x), e0, f32x4.mul(v128.load_zero<f32>(out + x), keep));
    sum = fma(v128.load_zero<f32>(v1 + x), e1, sum);
    sum = fma(v128.load_zero<f32>(v2 + x), e2, sum);
    v128.store_lane<f32>(out + x, fma(v128.load_zero<f32>(v3 + x), e3, sum), 0);
  }
}

// @ts-ignore: decorator
@inline function max4(x: v128): f32 {
  return max(
    max(f32x4.extract_lane(x, 0), f32x4.extract_lane(x, 1)), max(f32x4.extract_lane(x, 2), f32x4.extract_lane(x, 3)),
  );
}

/** att[j] = exp(scores[j] - most) inverse for j < n, and zero from there to T. */
// @ts-ignore: decorator
@inline function probabilities(att: usize, scores: usize, n: i32, T: i32, most: f32, inverse: f32): void {
  let j = 0;
  for (; j < n; j += 4) {
    const e = exp(f32x4.sub(v128.load(scores + (j << 2)), f32x4.splat(most)));
    const p = f32x4.mul(v128.and(e, below(j, n)), f32x4.splat(inverse));
    if (j + 4 <= T) v128.store(att + (j << 2), p);
    else {
      v128.store(scores + (j << 2), p);
      for (let i = j; i < T; i++) store<f32>(att + (i << 2), load<f32>(scores + (i << 2)));
    }
  }
  for (; j + 4 <= T; j += 4) v128.store(att + (j << 2), f32x4.splat(0));
  for (; j < T; j++) store<f32>(att + (j << 2), 0);
}
