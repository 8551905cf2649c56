/**
 * Known bugs of WebAssembly engines that let a module out of its memory, or compute other bits, as code that shows each: it ends in a trap,
 * or leaves at `$out` the bytes that the specification asks for. It has `$p`, where `data` lies, and `$end`, the size of the memory.
 *
 * Source   the regression tests of V8 (that of crbug 518058891, a sum of offsets in the revectorizer beyond 2^31, for the first), of
 *          SpiderMonkey and of Cranelift, in our own words.
 */
export interface EngineBug {
  readonly bug: string;
  readonly code: string;
  readonly wants: 'trap' | ArrayBufferView;
}

/** Small whole numbers with both zeros, so that sums and products are exact. */
export const data = Float32Array.from({ length: 32 }, (_, i) => (i === 3 ? -0 : ((i * 7) % 13) - 6));
export const outBytes = 64;

const load = (offset: number) => `(v128.load offset=${offset} (local.get $p))`;
const store = (offset: number, value: string) => `(v128.store offset=${offset} (local.get $out) ${value})`;
/** Two stores side by side, the higher first and all else before them: there the revectorizer begins to pack. */
const pair = (low: string, high: string) =>
  `(local.set $v ${low})(local.set $w ${high})${store(16, '(local.get $w)')}${store(0, '(local.get $v)')}`;
const last = (bytes: number) => `(i32.sub (local.get $end) (i32.const ${bytes}))`;
const splat = (lane: number) => Array.from({ length: 16 }, (_, i) => 4 * lane + (i % 4)).join(' ');
const laneOf = (value: string, lane: number) =>
  `(local.set $v (i8x16.shuffle ${splat(lane)} ${value} (i8x16.splat (i32.const 0))))`;
const floats = (of: (i: number) => number, from = 0) => Float32Array.from({ length: 8 }, (_, i) => of(i + from));
const both = (f: (a: string, b: string) => string) => pair(f(load(0), load(32)), f(load(16), load(48)));

const trap = (bug: string, code: string): EngineBug => ({ bug, code, wants: 'trap' });
const bits = (bug: string, wants: ArrayBufferView, code: string): EngineBug => ({ bug, code, wants });

export const engineBugs: readonly EngineBug[] = [
  trap(
    'a lane of a vector, offset beyond 2^31',
    laneOf(load(0x7ffffff4), 3) + pair('(local.get $v)', '(local.get $v)'),
  ),
  trap('a pair of vectors, offsets on both sides of 2^31', pair(load(0x7ffffff0), load(0x80000000))),
  trap('a pair of vectors, offset near 2^32', pair(load(0xffffffd0), load(0xffffffe0))),
  trap(
    'a pair of splats, offset near 2^31',
    both(() => '(v128.load32_splat offset=0x7ffffffc (local.get $p))'),
  ),
  trap(
    'a pair that widens, offset near 2^31',
    pair('(v128.load16x4_s offset=0x7ffffff8 (local.get $p))', '(v128.load16x4_s offset=0x80000000 (local.get $p))'),
  ),
  trap(
    'a pair of stores, offsets near 2^32',
    `(v128.store offset=0xfffffff0 (local.get $p) ${load(0)})(v128.store offset=0xffffffe0 (local.get $p) ${load(16)})`,
  ),
  trap(
    'a pair, the second beyond the end',
    `(v128.store offset=16 ${last(16)} ${load(16)})(v128.store ${last(16)} ${load(0)})`,
  ),
  trap(
    'an index and an offset that add up to 2^32',
    '(i32.store (local.get $out) (i32.load offset=0xfffffff0 (local.get $p)))',
  ),
  trap('an index that looks negative', '(i32.store (local.get $out) (i32.load offset=128 (i32.const -64)))'),
  trap('the last bytes of a memory', `(i64.store ${last(4)} (i64.const 1))`),
  trap(
    'an atomic access, offset near 2^32',
    '(drop (i32.atomic.rmw.add offset=0xfffffffc (local.get $p) (i32.const 1)))',
  ),
  trap('an atomic access that is not aligned', '(drop (i64.atomic.load offset=4 (local.get $p)))'),
  trap('a fill whose end is beyond 2^32', `(memory.fill ${last(8)} (i32.const 1) (i32.const -4))`),
  trap('a copy whose source begins before 0', '(memory.copy (local.get $out) (i32.const -16) (i32.const 32))'),
  trap(
    'a loop that runs off the end',
    `(local.set $i ${last(256)})(loop $again (v128.store (local.get $i) ${load(0)})
    (local.set $i (i32.add (local.get $i) (i32.const 16))) (br_if $again (i32.ne (local.get $i) (i32.const 64))))`,
  ),
  bits(
    'a lane of a vector',
    floats(() => data[7]),
    laneOf(load(16), 3) + pair('(local.get $v)', '(local.get $v)'),
  ),
  bits(
    'sums side by side',
    floats((i) => data[i] + data[i + 8]),
    both((a, b) => `(f32x4.add ${a} ${b})`),
  ),
  bits(
    'minima with both zeros',
    floats((i) => Math.min(data[i], data[i + 8])),
    both((a, b) => `(f32x4.min ${a} ${b})`),
  ),
  bits(
    'a pair the other way round',
    floats((i) => data[(i + 4) % 8]),
    pair(load(16), load(0)),
  ),
  bits(
    'two shuffles',
    floats((i) => data[i < 4 ? 3 - i : i]),
    pair(`(i8x16.shuffle 12 13 14 15 8 9 10 11 4 5 6 7 0 1 2 3 ${load(0)} ${load(0)})`, load(16)),
  ),
  bits(
    'a load behind a store to the same place',
    floats((i) => data[i % 4]),
    `${store(0, load(0))}${store(16, '(v128.load (local.get $out))')}`,
  ),
  bits(
    'the halves of a product',
    Int32Array.from({ length: 8 }, (_, i) => new Int16Array(data.buffer)[i] * new Int16Array(data.buffer)[i + 16]),
    pair(
      ...(['low', 'high'].map((half) => `(i32x4.extmul_${half}_i16x8_s ${load(0)} ${load(32)})`) as [string, string]),
    ),
  ),
  bits(
    'relaxed multiply and add of whole numbers',
    floats((i) => data[i] * data[i + 8] + data[i + 8]),
    both((a, b) => `(f32x4.relaxed_madd ${a} ${b} ${b})`),
  ),
  bits(
    'relaxed choice by a whole mask',
    floats((i) => data[i < 4 ? i : i + 8]),
    pair(
      ...(['-1', '0'].map(
        (mask, i) =>
          `(i32x4.relaxed_laneselect ${load(16 * i)} ${load(32 + 16 * i)} (i32x4.splat (i32.const ${mask})))`,
      ) as [string, string]),
    ),
  ),
  bits(
    'relaxed lookup within 16',
    floats((i) => data[4 * (i >> 2)]),
    both((a) => `(i8x16.relaxed_swizzle ${a} (v128.const i8x16 0 1 2 3 0 1 2 3 0 1 2 3 0 1 2 3))`),
  ),
];
