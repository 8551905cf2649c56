/**
 * dwpe[t,c..c+15] is summed in registers over the batch, and each row of dout added to its row of dwte on the way.
 *
 * @about a position's sixteen columns are summed in registers over the batch; threads split columns, so no two add to one place
 * @threads any
 *
 * Needs    SIMD of 128 bits.
 * Expects  the cache's bandwidth. An element is summed in the order of t, then b, by one thread: the same bits at any number
 *          of threads. C < 16 threads leaves some idle.
 */
import { share, workers } from '../common/threads.as';

export function run(
  tid: i32, nthreads: i32, dwte: usize, dwpe: usize, dout: usize, inp: usize, B: i32, T: i32, C: i32, V: i32, scratch: usize,
): void {
  nthreads = workers(nthreads, 12 * B * T * C);
  if (tid >= nthreads) return;
  const row = <usize>C << 2, step = row * T, ids = <usize>T << 2;
  const begin = <usize>share(C, 16, tid, nthreads) << 2, end = <usize>share(C, 16, tid + 1, nthreads) << 2;
  for (let t: usize = 0; t < <usize>T; t++) {
    const position = dwpe + t * row, from = dout + t * row, tokens = inp + (t << 2);
    let c = begin;
    for (; c + 64 <= end; c += 64) {
      let p0 = v128.load(position + c), p1 = v128.load(position + c, 16);
      let p2 = v128.load(position + c, 32), p3 = v128.load(position + c, 48);
      let d = from + c, id = tokens;
      for (let b = 0; b < B; b++, d += step, id += ids) {
        const token = dwte + <usize>load<i32>(id) * row + c;
        const d0 = v128.load(d), d1 = v128.load(d, 16), d2 = v128.load(d, 32), d3 = v128.load(d, 48);
        const x0 = f32x4.add(v128.load(token), d0), x1 = f32x4.add(v128.load(token, 16), d1);
        const x2 = f32x4.add(v128.load(token, 32), d2), x3 = f32x4.add(v128.load(token, 48), d3);
        v128.store(token, x0);
        v128.store(token, x1, 16);
        v128.store(token, x2, 32);
        v128.store(token, x3, 48);
        p0 = f32x4.add(p0, d0);
        p1 = f32x4.add(p1, d1);
        p2 = f32x4.add(p2, d2);
        p3 = f32x4.add(p3, d3);
      }
      v128.store(position + c, p0);
      v128.store(position + c, p1, 16);
      v128.store(position + c, p2, 32);
      v128.store(position + c, p3, 48);
    }
    for (; c < end; c += 4) {
      let p = load<f32>(position + c);
      let d = from + c, id = tokens;
      for (let b = 0; b < B; b++, d += step, id += ids) {
        const token = dwte + <usize>load<i32>(id) * row + c;
        store<f32>(token, load<f32>(token) + load<f32>(d));
        p += load<f32>(d);
      }
      store<f32>(position + c, p);
    }
  }
}
