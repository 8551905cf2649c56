/**
 * dinp += dout (s + 2 x (e s) s z') on pairs of vectors, which V8 packs to 256 bits: all loads, then both stores.
 *
 * @about the sigmoid form on pairs of vectors that V8 packs to 256 bits; the range shared by threads in cache lines
 * @threads any
 * @flags --experimental-wasm-revectorize
 * @source Cephes, expf
 *
 * Needs    relaxed SIMD; the flag, without which this is sigmoid-wasmrelaxedsimd with two vectors a turn.
 * Expects  twice the rate of 128 bits while the data lie in the cache, less where the division's throughput decides.
 */
import { geluSlope } from '../common/gelulanes.as';
import { fma } from '../common/math.as';
import { share } from '../common/threads.as';

export function run(tid: i32, nthreads: i32, dinp: usize, inp: usize, dout: usize, N: i32, scratch: usize): void {
  let i = <usize>share(N, 16, tid, nthreads) << 2;
  const end = <usize>share(N, 16, tid + 1, nthreads) << 2;
  for (; i + 32 <= end; i += 32) {
    const y0 = fma(geluSlope(v128.load(inp + i)), v128.load(dout + i), v128.load(dinp + i));
    const y1 = fma(geluSlope(v128.load(inp + i, 16)), v128.load(dout + i, 16), v128.load(dinp + i, 16));
    v128.store(dinp + i, y0);
    v128.store(dinp + i, y1, 16);
  }
  for (; i < end; i += 4) {
    const slope = geluSlope(v128.load_zero<f32>(inp + i));
    v128.store_lane<f32>(dinp + i, fma(slope, v128.load_zero<f32>(dout + i), v128.load_zero<f32>(dinp + i)), 0);
  }
}
