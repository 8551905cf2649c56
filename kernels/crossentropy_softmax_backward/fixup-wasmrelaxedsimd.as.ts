/**
 * dlogits += probs dlosses over the whole row;  at the target  dlogits = before + (probs - 1) dlosses
 *
 * @about one fused multiply-add for every element, then the target's done over: no compare in the loop
 * @threads any
 * @flags --experimental-wasm-revectorize
 *
 * Needs    relaxed SIMD. Four vectors a turn, all loads before the stores: the revectorizer packs them to 256 bits.
 * Expects  the cache's bandwidth: 12 bytes moved for each element.
 */
import { fma } from '../common/math.as';
import { share, workers } from '../common/threads.as';

export function run(
  tid: i32, nthreads: i32, dlogits: usize, dlosses: usize, probs: usize, targets: usize,
  B: i32, T: i32, V: i32, scratch: usize,
): void {
  nthreads = workers(nthreads, 12 * B * T * V);
  if (tid >= nthreads) return;
  const end = share(B * T, 1, tid + 1, nthreads);
  for (let r = share(B * T, 1, tid, nthreads); r < end; r++) {
    const d = dlogits + (<usize>r * V << 2), p = probs + (<usize>r * V << 2);
    const dloss = load<f32>(dlosses + (r << 2));
    const target = <usize>load<i32>(targets + (r << 2)) << 2;
    const exact = load<f32>(d + target) + (load<f32>(p + target) - 1) * dloss;
    addScaled(d, p, dloss, V);
    store<f32>(d + target, exact);
  }
}

/** d += by p */
function addScaled(d: usize, p: usize, by: f32, V: i32): void {
  const end = d + (<usize>V << 2);
  const scale = f32x4.splat(by);
  for (; d + 64 <= end; d += 64, p += 64) {
    const d0 = fma(v128.load(p), scale, v128.load(d)), d1 = fma(v128.load(p, 16), scale, v128.load(d, 16));
    const d2 = fma(v128.load(p, 32), scale, v128.load(d, 32)), d3 = fma(v128.load(p, 48), scale, v128.load(d, 48));
    v128.store(d, d0);
    v128.store(d, d1, 16);
    v128.store(d, d2, 32);
    v128.store(d, d3, 48);
  }
  for (; d + 16 <= end; d += 16, p += 16) v128.store(d, fma(v128.load(p), scale, v128.load(d)));
  for (; d < end; d += 4, p += 4) store<f32>(d, load<f32>(d) + load<f32>(p) * by);
}
