/**
 * Odd      leaves its loop by an exception of WebAssembly, thrown in one function and caught in another (`throw`, `try_table`), and is
 *          assembled byte by byte.
 * Honest   one addition an element.
 */
import type op from '../../../baselines/residual_forward/op.ts';
import type { Generator } from '../../../src/contract/candidate.ts';

/** LEB128 of what takes less than 32 bits. */
const leb = (n: number): number[] => (n < 128 ? [n] : [(n & 127) | 128, ...leb(n >>> 7)]);
const list = (items: readonly (readonly number[])[]): number[] => [...leb(items.length), ...items.flat()];
const section = (id: number, content: readonly number[]): number[] => [id, ...leb(content.length), ...content];
const text = (word: string): number[] => [...leb(word.length), ...[...word].map((letter) => letter.charCodeAt(0))];
const body = (code: readonly number[]): number[] => [...leb(code.length + 1), 0, ...code];

const [i32, empty] = [0x7f, 0x40];
const get = (local: number): number[] => [0x20, local];
const step = (local: number, by: number): number[] => [...get(local), 0x41, by, 0x6a, 0x21, local];
const [out, inp1, inp2, N] = [2, 3, 4, 5];
/** f32.load and f32.store, aligned. */
const [load, store] = [
  [0x2a, 2, 0],
  [0x38, 2, 0],
];
const minusOne = 0x7f;

/** Throws once there is nothing left. */
const check = [...get(0), 0x45, 0x04, empty, 0x08, 0, 0x0b, 0x0b];
const add = [...get(out), ...get(inp1), ...load, ...get(inp2), ...load, 0x92, ...store];
const loop = [0x03, empty, ...get(N), 0x10, 0, ...add, ...step(out, 4), ...step(inp1, 4), ...step(inp2, 4)];
/** A block around the try_table, whose clause sends tag 0 to the end of that block. */
const run = [0x02, empty, 0x1f, empty, 1, 0x00, 0, 0, ...loop, ...step(N, minusOne), 0x0c, 0, 0x0b, 0x0b, 0x0b, 0x0b];

const module = [
  ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...section(
    1,
    list([
      [0x60, ...list([]), 0],
      [0x60, ...list([[i32]]), 0],
      [0x60, ...list(Array(7).fill([i32])), 0],
    ]),
  ),
  ...section(2, list([[...text('env'), ...text('memory'), 0x02, 0x03, 1, ...leb(65536)]])),
  ...section(3, list([[1], [2]])),
  ...section(13, list([[0, 0]])),
  ...section(7, list([[...text('run'), 0, 1]])),
  ...section(10, list([body(check), body(run)])),
];

export default {
  about: 'a loop that ends by an exception',
  generate: () => Uint8Array.from(module),
} satisfies Generator<typeof op>;
