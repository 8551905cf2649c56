/**
 * Vectors of four floats as WebAssembly text: loads, arithmetic, powers of 2 and GELU. An address is the name of a local.
 *
 * What is done to a pair of vectors 16 bytes apart, stored upper half first and with every load before the first store, V8's
 * revectorizer makes one operation of 256 bits.
 */
import { each, get, i32, loadLanes, set } from './wat.ts';

export const load = (at: string, offset = 0): string => `(v128.load offset=${offset} ${get(at)})`;
/** One float in all lanes. */
export const splat = (at: string, offset = 0): string => `(v128.load32_splat offset=${offset} ${get(at)})`;
export const store = (at: string, offset: number, value: string): string =>
  `(v128.store offset=${offset} ${get(at)} ${value})`;

const two = (name: string) => (a: string, b: string) => `(f32x4.${name} ${a} ${b})`;
export const sum = two('add');
export const minus = two('sub');
export const times = two('mul');
export const over = two('div');
/** One instruction each, which max and min are not: these say more of NaN. */
export const larger = two('pmax');
export const smaller = two('pmin');
export const fma = (a: string, b: string, c: string): string => `(f32x4.relaxed_madd ${a} ${b} ${c})`;
export const root = (a: string): string => `(f32x4.sqrt ${a})`;
export const both = (a: string, b: string): string => `(v128.and ${a} ${b})`;

/** Lanes 0..7 of two vectors, by number: the second has 4 to 7. */
export function shuffle(a: string, b: string, lanes: readonly number[]): string {
  const bytes = lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte));
  return `(i8x16.shuffle ${bytes.join(' ')} ${a} ${b})`;
}

/** The vectors of a row of 16 floats. */
export const four = [0, 1, 2, 3] as const;

/** Stores `value(q)` to the vectors of a row at `at`, from the right. */
export const storeRow = (at: string, offset: number, value: (q: number) => string): string =>
  each(4, (n) => store(at, offset + 16 * (3 - n), value(3 - n)));

/** 16 floats at `$at` of which `lanes` exist; the others are zero. */
export const loadRow = (at: string, lanes: number) => (q: number) => {
  const count = Math.min(4, lanes - 4 * q);
  return count <= 0 ? '(f32x4.splat (f32.const 0))' : loadLanes(at, 16 * q, count);
};

/**
 * Constants in memory, at the start of what a module may keep there. V8 builds a vector constant anew at each use, by a move and a
 * broadcast on the same port; a load is one instruction on another.
 */
export const dataAt = 1024;
const log2e = Math.LOG2E;
const [slope, cube] = [2 * Math.sqrt(2 / Math.PI), 2 * Math.sqrt(2 / Math.PI) * 0.044715];
const floats = [
  // exp2: the range, a number that rounds what is added to it, and the polynomial.
  ...[-126, 127, 12583039, 1.5353362e-4, 1.3398874e-3, 9.6184373e-3, 5.5503324e-2, 0.24022648, Math.LN2, 1],
  // GELU: -2 z = x (slope + cube x^2), as a power of 2, and its derivative.
  ...[-slope * log2e, -cube * log2e, slope, 3 * cube],
];
const count = floats.length;
/** Sixteen zeros; 16 words of ones, then 15 of zeros: from the (15 - r)th on, a row of 16 whose first r + 1 lanes are kept. */
export const zerosAt = dataAt + Math.ceil(count / 16) * 64;
export const keptAt = zerosAt + 64;
export const keptFrom = (r: number): number => keptAt + 4 * (15 - r);

/** The data segment of all that. */
export function constants(): string {
  const words = new Uint32Array((keptAt - dataAt) / 4 + 31);
  new Float32Array(words.buffer).set(floats);
  words.fill(0xffffffff, (keptAt - dataAt) / 4, (keptAt - dataAt) / 4 + 16);
  const bytes = [...new Uint8Array(words.buffer)].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`);
  return `(data ${i32(dataAt)} "${bytes.join('')}")`;
}

const constant = (i: number): string => `(v128.load32_splat offset=${4 * i} ${i32(dataAt)})`;
/** A step of the same kind for several vectors, by their suffixes, with one load of constant i, which is `$k` there. */
const step = (suffixes: readonly number[], i: number, does: (q: number) => string): string =>
  `${set('k', constant(i))} ${suffixes.map(does).join(' ')}`;

/**
 * `x{q}` = 2^`x{q}` for the suffixes q: 2^n p(f), n = nearest(x), f = x - n. Within two units in the last place; 2^0 = 1. It takes the locals n,
 * f, g and y with these suffixes, and k. `most`: whether x may be 127 or more; below -126 the result is 1.2e-38 and not 0.
 * Source: Cephes, exp2f.
 */
export function exp2(x: string, suffixes: readonly number[], most = true): string {
  const at = (name: string, q: number) => get(`${name}${q}`);
  const put = (name: string, q: number, value: string) => set(`${name}${q}`, value);
  const k = get('k');
  const all = (i: number, does: (q: number) => string) => step(suffixes, i, does);
  // Estrin's order, in which fewer steps wait for one another than in Horner's.
  return `
    ${most ? all(1, (q) => put(x, q, smaller(k, at(x, q)))) : ''}
    ${all(0, (q) => put(x, q, larger(k, at(x, q))))}
    ${all(2, (q) => `${put('n', q, sum(at(x, q), k))} ${put('f', q, minus(at(x, q), minus(at('n', q), k)))}`)}
    ${suffixes.map((q) => put('g', q, times(at('f', q), at('f', q)))).join(' ')}
    ${set('y', constant(4))}
    ${all(3, (q) => put('y', q, fma(k, at('f', q), get('y'))))}
    ${set('y', constant(6))}
    ${all(5, (q) => `${put(x, q, fma(k, at('f', q), get('y')))} ${put('y', q, fma(at('y', q), at('g', q), at(x, q)))}`)}
    ${set('y', constant(8))}
    ${all(7, (q) => `${put(x, q, fma(k, at('f', q), get('y')))} ${put('y', q, fma(at('y', q), at('g', q), at(x, q)))}`)}
    ${all(9, (q) => put('y', q, fma(at('y', q), at('f', q), k)))}
    ${suffixes.map((q) => put(x, q, times(at('y', q), `(i32x4.shl ${at('n', q)} ${i32(23)})`))).join(' ')}`;
}

/**
 * `h{q}` = gelu(`x{q}`) = x s and `x{q}` = gelu'(x) = s + x s (1 - s) 2 z', s = 1 / (1 + e), e = exp(-2 z), z = sqrt(2/pi) (x + 0.044715 x^3).
 * 1 - s = e s does not cancel. Locals by suffix: those of exp2, e and s.
 * Source: Hendrycks and Gimpel 2016, arXiv:1606.08415, in the tanh form.
 */
export function gelu(suffixes: readonly number[]): string {
  const at = (name: string, q: number) => get(`${name}${q}`);
  const put = (name: string, q: number, value: string) => set(`${name}${q}`, value);
  const k = get('k');
  return `
    ${suffixes.map((q) => put('s', q, times(at('x', q), at('x', q)))).join(' ')}
    ${set('y', constant(10))}
    ${step(suffixes, 11, (q) => put('e', q, times(at('x', q), fma(at('s', q), k, get('y')))))}
    ${set('y', constant(12))}
    ${step(suffixes, 13, (q) => put('h', q, fma(at('s', q), k, get('y'))))}
    ${exp2('e', suffixes)}
    ${step(
      suffixes,
      9,
      (q) => `
      ${put('s', q, over(k, sum(at('e', q), k)))}
      ${put('e', q, times(times(at('e', q), at('s', q)), at('h', q)))}
      ${put('h', q, times(at('x', q), at('s', q)))}
      ${put('x', q, fma(at('e', q), at('h', q), at('s', q)))}`,
    )}`;
}

const suffixed = (names: readonly string[]) => names.flatMap((name) => four.map((q) => `${name}${q}`));
/** Names of the locals that `exp2` and `gelu` take. */
export const expLocals = ['k', 'y', ...suffixed(['n', 'f', 'g', 'y'])];
export const geluLocals = [...expLocals, ...suffixed(['x', 'h', 'e', 's'])];
