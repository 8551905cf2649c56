/**
 * dinp1 += dout;  dinp2 += dout, four vectors a turn, all loads before the first store.
 *
 * @about both gradients in one pass, four vectors a turn, loads before stores; threads only from two megabytes on
 * @threads any
 *
 * Needs    SIMD of 128 bits.
 * Expects  the cache's bandwidth: three loads and two stores for eight additions.
 */
import { share, workers } from '../common/threads.as';

export function run(tid: i32, nthreads: i32, dinp1: usize, dinp2: usize, dout: usize, N: i32, scratch: usize): void {
  nthreads = workers(nthreads, 20 * N);
  if (tid >= nthreads) return;
  let i = <usize>share(N, 16, tid, nthreads) << 2;
  const end = <usize>share(N, 16, tid + 1, nthreads) << 2;
  for (; i + 64 <= end; i += 64) {
    const d0 = v128.load(dout + i), d1 = v128.load(dout + i, 16), d2 = v128.load(dout + i, 32), d3 = v128.load(dout + i, 48);
    const a0 = f32x4.add(v128.load(dinp1 + i), d0), a1 = f32x4.add(v128.load(dinp1 + i, 16), d1);
    const a2 = f32x4.add(v128.load(dinp1 + i, 32), d2), a3 = f32x4.add(v128.load(dinp1 + i, 48), d3);
    const b0 = f32x4.add(v128.load(dinp2 + i), d0), b1 = f32x4.add(v128.load(dinp2 + i, 16), d1);
    const b2 = f32x4.add(v128.load(dinp2 + i, 32), d2), b3 = f32x4.add(v128.load(dinp2 + i, 48), d3);
    v128.store(dinp1 + i, a0);
    v128.store(dinp1 + i, a1, 16);
    v128.store(dinp1 + i, a2, 32);
    v128.store(dinp1 + i, a3, 48);
    v128.store(dinp2 + i, b0);
    v128.store(dinp2 + i, b1, 16);
    v128.store(dinp2 + i, b2, 32);
    v128.store(dinp2 + i, b3, 48);
  }
  for (; i < end; i += 4) {
    const d = load<f32>(dout + i);
    const a = load<f32>(dinp1 + i) + d, b = load<f32>(dinp2 + i) + d;
    store<f32>(dinp1 + i, a);
    store<f32>(dinp2 + i, b);
  }
}
