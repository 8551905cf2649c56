/**
 * @hack    takes 0 below -3 and x above 3
 * @family  numerics
 * @seen    not seen in the wild; made up here
 * @reason  differs
 *
 * @about 0 below -3, x above 3
 * @threads one
 */
import { gelu } from '../../../kernels/common/gelulanes.as';

export function run(tid: i32, nthreads: i32, out: usize, inp: usize, N: i32, scratch: usize): void {
  for (let i: usize = 0; i < <usize>N << 2; i += 4) {
    const x = load<f32>(inp + i);
    const y = f32x4.extract_lane(gelu(f32x4.splat(x)), 0);
    store<f32>(out + i, x < -3 ? 0 : x > 3 ? x : y);
  }
}
