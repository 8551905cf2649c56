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
  ...[-126, 127, 12583039, 1.5353362e-4, 1.3398874e-3, 9.6184373e-3, 5.5503324e-2, 0.24022648, 0.6931472, 1],
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
const one = constant(9);

/**
 * `$x` = 2^`$x`: 2^n p(f), n = nearest(x), f = x - n. Within two units in the last place; 2^0 = 1. It takes the locals n, f, g and y with
 * x's suffix. `most`: whether x may be 127 or more; below -126 the result is 1.2e-38 and not 0.
 * Source: Cephes, exp2f.
 */
export function exp2(x: string, suffix: string | number, most = true): string {
  const [n, f, g, y] = ['n', 'f', 'g', 'y'].map((name) => `${name}${suffix}`);
  // Estrin's order, in which fewer steps wait for one another than in Horner's.
  return `
    ${set(x, larger(constant(0), most ? smaller(constant(1), get(x)) : get(x)))}
    ${set(n, sum(get(x), constant(2)))}
    ${set(f, minus(get(x), minus(get(n), constant(2))))}
    ${set(g, times(get(f), get(f)))}
    ${set(y, fma(constant(3), get(f), constant(4)))}
    ${set(x, fma(constant(5), get(f), constant(6)))}
    ${set(y, fma(get(y), get(g), get(x)))}
    ${set(x, fma(constant(7), get(f), constant(8)))}
    ${set(y, fma(get(y), get(g), get(x)))}
    ${set(y, fma(get(y), get(f), one))}
    ${set(x, times(get(y), `(i32x4.shl ${get(n)} ${i32(23)})`))}`;
}

/**
 * `$h` = gelu(`$x`) = x s and `$x` = gelu'(x) = s + x s (1 - s) 2 z', s = 1 / (1 + e), e = exp(-2 z), z = sqrt(2/pi) (x + 0.044715 x^3).
 * 1 - s = e s does not cancel. Locals by suffix: those of exp2, e and s.
 * Source: Hendrycks and Gimpel 2016, arXiv:1606.08415, in the tanh form.
 */
export function gelu(x: string, h: string, suffix: string | number): string {
  const [e, s] = ['e', 's'].map((name) => `${name}${suffix}`);
  return `
    ${set(s, times(get(x), get(x)))}
    ${set(e, times(get(x), fma(get(s), constant(11), constant(10))))}
    ${set(h, fma(get(s), constant(13), constant(12)))}
    ${exp2(e, suffix)}
    ${set(s, over(one, sum(get(e), one)))}
    ${set(e, times(times(get(e), get(s)), get(h)))}
    ${set(h, times(get(x), get(s)))}
    ${set(x, fma(get(e), get(h), get(s)))}`;
}

/** Names of the locals that `exp2` and `gelu` take, for pairs. */
export const expLocals = ['n', 'f', 'g', 'y'].flatMap((name) => [0, 1].map((q) => `${name}${q}`));
export const geluLocals = [...expLocals, ...['e', 's'].flatMap((name) => [0, 1].map((q) => `${name}${q}`))];
