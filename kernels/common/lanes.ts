/**
 * Vectors of four floats as WebAssembly text: loads, arithmetic, exp and GELU. An address is the name of a local.
 *
 * What is done to a pair of vectors 16 bytes apart, stored upper half first and with every load before the first store, V8's
 * revectorizer makes one operation of 256 bits.
 */
import { each, get, i32, set } from './wat.ts';

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

/**
 * Constants in memory, at the start of what a module may keep there. V8 builds a vector constant anew at each use, by a move and a
 * broadcast on the same port; a load is one instruction on another.
 */
export const dataAt = 1024;
const floats = {
  exp: [
    ...[-87, 88, Math.LOG2E, 12583039, -0.693359375, 2.1219444e-4],
    ...[1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1, 1],
  ],
  /** 2 sqrt(2/pi), that times 0.044715, and three times that. */
  gelu: [1.5957691216057308, 0.07135481282553487, 0.21406443847660462],
};
const count = floats.exp.length + floats.gelu.length;
/** Sixteen zeros; 16 words of ones, then 15 of zeros: from the (15 - r)th on, a row of 16 whose first r + 1 lanes are kept. */
export const zerosAt = dataAt + Math.ceil(count / 16) * 64;
export const keptAt = zerosAt + 64;
export const keptFrom = (r: number): number => keptAt + 4 * (15 - r);

/** The data segment of all that. */
export function constants(): string {
  const words = new Uint32Array((keptAt - dataAt) / 4 + 31);
  new Float32Array(words.buffer).set([...floats.exp, ...floats.gelu]);
  words.fill(0xffffffff, (keptAt - dataAt) / 4, (keptAt - dataAt) / 4 + 16);
  const bytes = [...new Uint8Array(words.buffer)].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`);
  return `(data ${i32(dataAt)} "${bytes.join('')}")`;
}

const constant = (i: number): string => `(v128.load32_splat offset=${4 * i} ${i32(dataAt)})`;
const geluConstant = (i: number): string => constant(floats.exp.length + i);
const one = constant(12);

/**
 * `$x` = exp(`$x`): 2^n p(r), n = nearest(x / ln 2), r = x - n ln 2. Within two units in the last place; exp(0) = 1. It takes the locals
 * n, r, y with x's suffix. `most`: whether x may be above 88; below -87 the result is 1.6e-38 and not 0.
 * Source: Cephes, expf.
 */
export function exp(x: string, suffix: string | number, most = true): string {
  const [n, r, y] = ['n', 'r', 'y'].map((name) => `${name}${suffix}`);
  const power = each(4, (i) => set(y, fma(get(y), get(r), constant(8 + i))));
  return `
    ${set(x, larger(constant(0), most ? smaller(constant(1), get(x)) : get(x)))}
    ${set(n, fma(get(x), constant(2), constant(3)))}
    ${set(r, minus(get(n), constant(3)))}
    ${set(y, fma(get(r), constant(4), get(x)))}
    ${set(r, fma(get(r), constant(5), get(y)))}
    ${set(y, fma(constant(6), get(r), constant(7)))}
    ${power}
    ${set(y, sum(fma(get(y), times(get(r), get(r)), get(r)), one))}
    ${set(x, times(get(y), `(i32x4.shl ${get(n)} ${i32(23)})`))}`;
}

/**
 * `$g` = gelu(`$x`) = x s and `$x` = gelu'(x) = s + x s (1 - s) 2 z', s = 1 / (1 + e), e = exp(-2 z), z = sqrt(2/pi) (x + 0.044715 x^3).
 * 1 - s = e s does not cancel. Locals by suffix: those of exp, e and s.
 * Source: Hendrycks and Gimpel 2016, arXiv:1606.08415, in the tanh form.
 */
export function gelu(x: string, g: string, suffix: string | number): string {
  const [e, s] = ['e', 's'].map((name) => `${name}${suffix}`);
  return `
    ${set(s, times(get(x), get(x)))}
    ${set(e, `(f32x4.neg ${times(get(x), fma(get(s), geluConstant(1), geluConstant(0)))})`)}
    ${exp(e, suffix)}
    ${set(g, fma(get(s), geluConstant(2), geluConstant(0)))}
    ${set(s, over(one, sum(get(e), one)))}
    ${set(e, times(times(get(e), get(s)), get(g)))}
    ${set(g, times(get(x), get(s)))}
    ${set(x, fma(get(e), get(g), get(s)))}`;
}

/** Names of the locals that `exp` and `gelu` take, for pairs. */
export const expLocals = ['n', 'r', 'y'].flatMap((name) => [0, 1].map((q) => `${name}${q}`));
export const geluLocals = [...expLocals, ...['e', 's'].flatMap((name) => [0, 1].map((q) => `${name}${q}`))];
