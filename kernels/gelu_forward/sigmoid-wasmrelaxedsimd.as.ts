/**
 * out = x / (1 + exp(-2 z)): the tanh form of gelu as x times a sigmoid, with exp a polynomial in four lanes.
 *
 * @about tanh becomes x times a sigmoid, exp a polynomial in SIMD; the range shared by threads in cache lines
 * @threads any
 * @source Cephes, expf
 *
 * Needs    relaxed SIMD, for the fused multiply-add.
 * Expects  compute bound: some 20 vector operations and a division for four elements, turns that overlap.
 */
import { gelu } from '../common/gelulanes.as';
import { share } from '../common/threads.as';

export function run(tid: i32, nthreads: i32, out: usize, inp: usize, N: i32, scratch: usize): void {
  let i = <usize>share(N, 16, tid, nthreads) << 2;
  const end = <usize>share(N, 16, tid + 1, nthreads) << 2;
  for (; i + 16 <= end; i += 16) v128.store(out + i, gelu(v128.load(inp + i)));
  for (; i < end; i += 4) v128.store_lane<f32>(out + i, gelu(v128.load_zero<f32>(inp + i)), 0);
}
