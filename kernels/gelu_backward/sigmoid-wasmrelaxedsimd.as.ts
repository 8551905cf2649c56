/**
 * dinp += dout (s + 2 x (e s) s z'),  e = exp(-2 z),  s = 1 / (1 + e): the sigmoid form, with exp a polynomial in four lanes.
 *
 * @about tanh and its square become one sigmoid, exp a polynomial in SIMD; the range shared by threads in cache lines
 * @threads any
 * @source Cephes, expf
 *
 * Needs    relaxed SIMD, for the fused multiply-add.
 * Expects  compute bound: some 27 vector operations and a division for four elements, turns that overlap.
 */
import { geluSlope } from '../common/gelulanes.as';
import { fma } from '../common/math.as';
import { share } from '../common/threads.as';

export function run(tid: i32, nthreads: i32, dinp: usize, inp: usize, dout: usize, N: i32, scratch: usize): void {
  let i = <usize>share(N, 16, tid, nthreads) << 2;
  const end = <usize>share(N, 16, tid + 1, nthreads) << 2;
  for (; i + 16 <= end; i += 16) {
    v128.store(dinp + i, fma(geluSlope(v128.load(inp + i)), v128.load(dout + i), v128.load(dinp + i)));
  }
  for (; i < end; i += 4) {
    const slope = geluSlope(v128.load_zero<f32>(inp + i));
    v128.store_lane<f32>(dinp + i, fma(slope, v128.load_zero<f32>(dout + i), v128.load_zero<f32>(dinp + i)), 0);
  }
}
