/**
 * @hack    does its work in scratchBytes, which is called before the clock starts
 * @family  clock
 * @seen    not seen in the wild: follows from scratchBytes being untimed here
 * @reason  differs
 *
 * @about work where only a size is asked for
 * @threads one
 */

/** Where the image of a case begins: behind a page of the module's own. */
const image: usize = 65536;

export function scratchBytes(nthreads: i32, B: i32, T: i32, C: i32): i32 {
  const end = <usize>memory.size() << 16;
  for (let at = image; at + (<usize>C << 2) <= end; at += <usize>C << 2) {
    let sum: f32 = 0;
    for (let i: usize = 0; i < <usize>C << 2; i += 4) sum += load<f32>(at + i);
    const mean = sum / <f32>C;
    for (let i: usize = 0; i < <usize>C << 2; i += 4) store<f32>(at + i, load<f32>(at + i) - mean);
  }
  return 0;
}

export function run(
  tid: i32, nthreads: i32, out: usize, mean: usize, rstd: usize, inp: usize, weight: usize, bias: usize,
  B: i32, T: i32, C: i32, scratch: usize,
): void {}
