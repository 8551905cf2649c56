/**
 * Odd      one dot product an element in four lanes, the bias added first and columns outermost.
 * Honest   every product is taken once.
 *
 * @about dot products of rows, in four lanes
 * @threads any
 */
import { share } from '../../../kernels/common/threads.as';
import { horizontal, tail } from '../common/dots.as';

export function run(
  tid: i32, nthreads: i32, out: usize, inp: usize, weight: usize, bias: usize,
  B: i32, T: i32, C: i32, OC: i32, scratch: usize,
): void {
  for (let o = share(OC, 1, tid, nthreads); o < share(OC, 1, tid + 1, nthreads); o++) {
    const w = weight + (<usize>(o * C) << 2);
    for (let r = 0; r < B * T; r++) {
      const x = inp + (<usize>(r * C) << 2);
      let sum = f32x4.replace_lane(f32x4.splat(0), 0, load<f32>(bias + (<usize>o << 2)));
      let i = 0;
      for (; i + 4 <= C; i += 4) {
        const at = <usize>i << 2;
        sum = f32x4.add(sum, f32x4.mul(v128.load(x + at), v128.load(w + at)));
      }
      store<f32>(out + (<usize>(r * OC + o) << 2), horizontal(sum) + tail(x, w, i, C));
    }
  }
}
