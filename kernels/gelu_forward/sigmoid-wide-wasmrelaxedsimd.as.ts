/**
 * out = x / (1 + exp(-2 z)) on pairs of vectors, which V8 packs to 256 bits: both loads, then both stores.
 *
 * @about the sigmoid form on pairs of vectors that V8 packs to 256 bits; the range shared by threads in cache lines
 * @threads any
 * @flags --experimental-wasm-revectorize
 * @source Cephes, expf
 *
 * Needs    relaxed SIMD; the flag, without which this is sigmoid-wasmrelaxedsimd with two vectors a turn.
 * Expects  twice the rate of 128 bits while the data lie in the cache, less where the division's throughput decides.
 */
import { gelu } from '../common/gelulanes.as';
import { share } from '../common/threads.as';

export function run(tid: i32, nthreads: i32, out: usize, inp: usize, N: i32, scratch: usize): void {
  let i = <usize>share(N, 16, tid, nthreads) << 2;
  const end = <usize>share(N, 16, tid + 1, nthreads) << 2;
  for (; i + 32 <= end; i += 32) {
    const y0 = gelu(v128.load(inp + i)), y1 = gelu(v128.load(inp + i, 16));
    v128.store(out + i, y0);
    v128.store(out + i, y1, 16);
  }
  for (; i < end; i += 4) v128.store_lane<f32>(out + i, gelu(v128.load_zero<f32>(inp + i)), 0);
}
