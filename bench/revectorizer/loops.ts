/**
 * Loops that do one operation to all of an array, and copies, to see which of them V8's revectorizer packs.
 *
 *   y[i] = operation(x[i], y[i]), two vectors a turn
 */
import { advance, each, func, get, i32, module, repeat, set } from '../../kernels/common/wat.ts';
import { bytesOf, calls, store } from './tiles.ts';

/** `operation` of vectors x and y, over 16 KiB each. */
function eachVector(operation: (x: string, y: string) => string): string {
  const load = (base: number, q: number) => `(v128.load offset=${base + 16 * q} ${get('i')})`;
  const turn = `
    ${each(2, (q) => set(`v${q}`, operation(load(0, q), load(1 << 14, q))))}
    ${each(2, (q) => store(get(`v${q}`), (1 << 14) + 16 * q, 'i'))}
    ${advance('i', 32)}`;
  return module(
    func({
      name: 'pass',
      params: { i: 'i32' },
      locals: { k: 'i32', v0: 'v128', v1: 'v128' },
      body: repeat('k', 512, turn),
    }),
    calls(`(call $pass ${i32(0)})`),
  );
}

const binary = (name: string) => [name, eachVector((x, y) => `(${name} ${x} ${y})`)] as const;
const unary = (name: string) => [name, eachVector((x) => `(${name} ${x})`)] as const;
const ternary = (name: string) => [name, eachVector((x, y) => `(${name} ${x} ${y} ${x})`)] as const;
const shift = (name: string) => [name, eachVector((x) => `(${name} ${x} (i32.const 3))`)] as const;
const shuffle = (what: string, picked: readonly number[]) => {
  return [`i8x16.shuffle (${what})`, eachVector((x, y) => `(i8x16.shuffle ${bytesOf(picked)} ${x} ${y})`)] as const;
};

/** By name: one operation over an array, in pairs. */
export const operations: readonly (readonly [name: string, module: string])[] = [
  ...['add', 'sub', 'mul', 'div', 'min', 'max', 'pmin', 'pmax', 'relaxed_min', 'relaxed_max', 'eq', 'lt', 'ge'].map(
    (name) => binary(`f32x4.${name}`),
  ),
  ...['abs', 'neg', 'sqrt', 'ceil', 'floor', 'trunc', 'nearest', 'convert_i32x4_s', 'convert_i32x4_u'].map((name) =>
    unary(`f32x4.${name}`),
  ),
  ...['f32x4.relaxed_madd', 'f32x4.relaxed_nmadd', 'v128.bitselect', 'i32x4.relaxed_laneselect'].map(ternary),
  ...['add', 'sub', 'mul', 'min_s', 'max_u', 'eq', 'gt_s', 'dot_i16x8_s'].map((name) => binary(`i32x4.${name}`)),
  ...['abs', 'neg', 'trunc_sat_f32x4_s', 'relaxed_trunc_f32x4_s'].map((name) => unary(`i32x4.${name}`)),
  ...['shl', 'shr_s', 'shr_u'].map((name) => shift(`i32x4.${name}`)),
  ...['and', 'or', 'xor', 'andnot'].map((name) => binary(`v128.${name}`)),
  unary('v128.not'),
  ...['add', 'mul', 'div', 'min', 'pmax'].map((name) => binary(`f64x2.${name}`)),
  ...['sqrt', 'floor', 'promote_low_f32x4'].map((name) => unary(`f64x2.${name}`)),
  unary('f32x4.demote_f64x2_zero'),
  binary('i64x2.add'),
  binary('i8x16.swizzle'),
  shuffle('unpack low', [0, 4, 1, 5]),
  shuffle('unpack high', [2, 6, 3, 7]),
  shuffle('two of each', [0, 1, 4, 5]),
  ['i8x16.shuffle (of one vector)', eachVector((x) => `(i8x16.shuffle ${bytesOf([1, 0, 3, 2])} ${x} ${x})`)],
  shuffle('any', [0, 5, 2, 7]),
];

const copy = (body: string): string =>
  module(
    func({
      name: 'pass',
      params: { i: 'i32' },
      locals: { k: 'i32', v0: 'v128', v1: 'v128' },
      body: repeat('k', 512, `${body} ${advance('i', 32)}`),
    }),
    calls(`(call $pass ${i32(0)})`),
  );
const from = (q: number) => `(v128.load offset=${16 * q} ${get('i')})`;
const to = (q: number, value: string) => store(value, (1 << 14) + 16 * q, 'i');
const both = (line: (q: number) => string) => `${line(0)} ${line(1)}`;
const loaded = both((q) => set(`v${q}`, from(q)));

/** By name: 32 bytes copied a turn. There is little to win in it, so that what each thing costs decides. */
export const copies: readonly (readonly [name: string, module: string])[] = [
  ['load, store, load, store', copy(both((q) => to(q, from(q))))],
  ['two loads into locals, two stores, the lower half first', copy(`${loaded} ${both((q) => to(q, get(`v${q}`)))}`)],
  [
    'the same, and the locals set to zero at the end of the turn',
    copy(`${loaded} ${both((q) => to(q, get(`v${q}`)))} ${both((q) => set(`v${q}`, '(v128.const i32x4 0 0 0 0)'))}`),
  ],
  [
    'two loads into locals, two stores, the upper half first',
    copy(`${loaded} ${[1, 0].map((q) => to(q, get(`v${q}`))).join(' ')}`),
  ],
];
