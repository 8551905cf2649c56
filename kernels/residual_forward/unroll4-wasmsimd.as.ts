/**
 * out = inp1 + inp2, four vectors a turn, all loads before the first store.
 *
 * @about four vectors a turn, loads before stores; threads only from two megabytes on
 * @threads any
 *
 * Needs    SIMD of 128 bits.
 * Expects  the cache's bandwidth: two loads and a store for four additions.
 */
import { share, workers } from '../common/threads.as';

export function run(tid: i32, nthreads: i32, out: usize, inp1: usize, inp2: usize, N: i32, scratch: usize): void {
  nthreads = workers(nthreads, 12 * N);
  if (tid >= nthreads) return;
  let i = <usize>share(N, 16, tid, nthreads) << 2;
  const end = <usize>share(N, 16, tid + 1, nthreads) << 2;
  for (; i + 64 <= end; i += 64) {
    const a0 = v128.load(inp1 + i), a1 = v128.load(inp1 + i, 16), a2 = v128.load(inp1 + i, 32), a3 = v128.load(inp1 + i, 48);
    const b0 = v128.load(inp2 + i), b1 = v128.load(inp2 + i, 16), b2 = v128.load(inp2 + i, 32), b3 = v128.load(inp2 + i, 48);
    v128.store(out + i, f32x4.add(a0, b0));
    v128.store(out + i, f32x4.add(a1, b1), 16);
    v128.store(out + i, f32x4.add(a2, b2), 32);
    v128.store(out + i, f32x4.add(a3, b3), 48);
  }
  for (; i < end; i += 4) store<f32>(out + i, load<f32>(inp1 + i) + load<f32>(inp2 + i));
}
