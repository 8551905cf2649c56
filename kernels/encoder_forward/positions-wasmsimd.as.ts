/**
 * For each position t, sixteen columns at a time: wpe[t,c..c+15] is loaded once and added to the token rows of the whole batch.
 *
 * @about sixteen columns of a position's embedding stay in registers for the whole batch
 * @threads any
 *
 * Needs    SIMD of 128 bits.
 * Expects  the cache's bandwidth: B T C floats written once, as many read from the few rows of wte that a text uses.
 *          T < threads leaves some idle.
 */
import { share, workers } from '../common/threads.as';

export function run(
  tid: i32, nthreads: i32, out: usize, inp: usize, wte: usize, wpe: usize, B: i32, T: i32, C: i32, V: i32, scratch: usize,
): void {
  nthreads = workers(nthreads, 8 * B * T * C);
  if (tid >= nthreads) return;
  const row = <usize>C << 2, step = row * T, ids = <usize>T << 2;
  const end = share(T, 1, tid + 1, nthreads);
  for (let t = <usize>share(T, 1, tid, nthreads); t < <usize>end; t++) {
    const from = out + t * row, position = wpe + t * row, tokens = inp + (t << 2);
    let c: usize = 0;
    for (; c + 64 <= row; c += 64) {
      const p0 = v128.load(position + c), p1 = v128.load(position + c, 16);
      const p2 = v128.load(position + c, 32), p3 = v128.load(position + c, 48);
      let to = from + c, id = tokens;
      for (let b = 0; b < B; b++, to += step, id += ids) {
        const token = wte + <usize>load<i32>(id) * row + c;
        const x0 = f32x4.add(v128.load(token), p0), x1 = f32x4.add(v128.load(token, 16), p1);
        const x2 = f32x4.add(v128.load(token, 32), p2), x3 = f32x4.add(v128.load(token, 48), p3);
        v128.store(to, x0);
        v128.store(to, x1, 16);
        v128.store(to, x2, 32);
        v128.store(to, x3, 48);
      }
    }
    for (; c < row; c += 4) {
      const p = load<f32>(position + c);
      let to = from + c, id = tokens;
      for (let b = 0; b < B; b++, to += step, id += ids) {
        store<f32>(to, load<f32>(wte + <usize>load<i32>(id) * row + c) + p);
      }
    }
  }
}
