/**
 * The module that measures what a core can do, in WebAssembly text. One call does one kind of work, `turns` times:
 *
 *   fma128  a[0..11] += x * y         12 sums of 4 floats, which 16 registers of 128 bits hold
 *   fma256  the same, 12 x 8 floats   in adjacent pairs, which V8's revectorizer packs to 256 bits; without it they spill
 *   read    s += data[i]              8 vectors a turn, in four pairs
 *   write   data[i] = x
 *   copy    data[bytes/2 + i] = data[i]
 *
 * Four words at `control` say what to do, so that one module, opened once, serves all kinds: kind, threads, bytes of each thread, turns.
 * Sums begin as loads and end as stores in adjacent pairs, all loads before the first store: the revectorizer looks for this pattern.
 * Loads are added as integers, so that the content of memory does not matter.
 */
export const kinds = ['fma128', 'fma256', 'read', 'write', 'copy'] as const;
export type Kind = (typeof kinds)[number];

/** An addition waits 3 to 5 cycles for the one before it, and two start in a cycle: 12 sums hide that, and fit the registers. */
const sums = 12;
const unrolled = 2;
/** Bytes of a turn of the memory loops. A thread's share must be a multiple of it (for copy, of twice as much). */
export const turnBytes = 128;
/** Flop of a turn: a multiply and an add for each lane. */
export const turnFlop = { fma128: 2 * 4 * sums * unrolled, fma256: 2 * 8 * sums * unrolled } as const;
/** Bytes that the sums of a thread take. */
export const sumBytes = 1024;

const lines = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n');
const at = (index: number, base = 'base') => `offset=${16 * index} (local.get $${base})`;
const locals = (...names: string[]) => names.map((name) => `(local $${name} v128)`).join(' ');
const numbered = (name: string, count: number) => Array.from({ length: count }, (_, index) => `${name}${index}`);

/** A sum is `width` vectors side by side. */
function fma(name: string, width: number): string {
  const count = sums * width;
  const madd = (i: number) =>
    `(local.set $s${i} (f32x4.relaxed_madd (local.get $x) (local.get $y${i % width}) (local.get $s${i})))`;
  return `(func $${name} (param $base i32) (param $bytes i32) (param $turns i32)
    ${locals('x', ...numbered('y', width), ...numbered('s', count))}
    (local.set $x (v128.load32_splat (local.get $base)))
    ${lines(width, (q) => `(local.set $y${q} (v128.load ${at(q)}))`)}
    ${lines(count, (i) => `(local.set $s${i} (v128.load ${at(i + 4)}))`)}
    (loop $again
      ${lines(unrolled, () => lines(count, madd))}
      (br_if $again (local.tee $turns (i32.sub (local.get $turns) (i32.const 1)))))
    ${lines(count, (i) => `(v128.store ${at(i + 4)} (local.get $s${i}))`)})`;
}

/** `turns` passes of a loop over the bytes from base on: its vectors, and the text before, in and after it. */
function passes(name: string, vectors: readonly string[], [before, body, after = '']: readonly string[]): string {
  return `(func $${name} (param $base i32) (param $bytes i32) (param $turns i32)
    (local $i i32) (local $end i32) (local $to i32) ${locals(...vectors)}
    (local.set $end (i32.add (local.get $base) (local.get $bytes)))
    ${before}
    (loop $pass
      (local.set $i (local.get $base))
      (loop $again
        ${body}
        (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const ${turnBytes}))) (local.get $end))))
      (br_if $pass (local.tee $turns (i32.sub (local.get $turns) (i32.const 1)))))
    ${after})`;
}

const width = turnBytes / 16;
const v = numbered('v', width);
const s = numbered('s', width);
const load = (i: number) => `(v128.load ${at(i, 'i')})`;

export function probeText(): string {
  const call = (kind: Kind, index: number) => `
    (if (i32.eq (i32.load (local.get $control)) (i32.const ${index})) (then
      (call $${kind} (local.get $base) (local.get $bytes) (i32.load offset=12 (local.get $control)))))`;
  return `(module
    (import "env" "memory" (memory 1 65536 shared))
    ${fma('fma128', 1)}
    ${fma('fma256', 2)}
    ${passes('read', s, [
      lines(width, (i) => `(local.set $s${i} (v128.load ${at(i)}))`),
      lines(width, (i) => `(local.set $s${i} (i32x4.add (local.get $s${i}) ${load(i)}))`),
      lines(width, (i) => `(v128.store ${at(i)} (local.get $s${i}))`),
    ])}
    ${passes('write', numbered('x', 2), [
      lines(2, (i) => `(local.set $x${i} (v128.load ${at(i)}))`),
      lines(width, (i) => `(v128.store ${at(i, 'i')} (local.get $x${i % 2}))`),
    ])}
    ${passes('copy', v, [
      `(local.set $bytes (i32.shr_u (local.get $bytes) (i32.const 1)))
      (local.set $end (i32.add (local.get $base) (local.get $bytes)))`,
      // The locals are cleared at the end of a turn: a value left in one would be a use of the load and keep V8 from packing it.
      `${lines(width, (i) => `(local.set $v${i} ${load(i)})`)}
      (local.set $to (i32.add (local.get $i) (local.get $bytes)))
      ${lines(width, (i) => `(v128.store ${at(i, 'to')} (local.get $v${i}))`)}
      ${lines(width, (i) => `(local.set $v${i} (v128.const i32x4 0 0 0 0))`)}`,
    ])}
    (func (export "run") (param $tid i32) (param $nthreads i32) (param $control i32) (param $data i32) (param $scratch i32)
      (local $base i32) (local $bytes i32)
      (if (i32.ge_u (local.get $tid) (i32.load offset=4 (local.get $control))) (then (return)))
      (local.set $bytes (i32.load offset=8 (local.get $control)))
      (local.set $base (i32.add (local.get $data) (i32.mul (local.get $tid) (local.get $bytes))))
      ${kinds.map(call).join('')}))`;
}
