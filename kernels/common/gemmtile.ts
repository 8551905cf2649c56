/**
 * C[0..mr][0..nr] = alpha * (sum over k of a[p,k] b[k,j]) + beta * s[p,j], as WebAssembly text for one mr x nr and one depth.
 *
 * Shapes   a: `aStep` apart; b: rows `bRow` bytes apart; C: rows `cRow` bytes apart; s: rows `$sRow` bytes apart (0: zeros).
 *          packs: the rows of b are left at `$to` as well, one after the other.
 * Numerics one accumulator for each element, fused multiply-add in order of k.
 * Needs    relaxed SIMD. The revectorizer wants: accumulators from a zero constant or from pairs of loads, vectors in pairs 16
 *          bytes apart, every load of the epilogue before its first store. It packs both branches of the epilogue.
 * Tried    alpha and beta always applied: 2 % less at 64, 1 % at 128. A load of each row of C before the loop, to have it
 *          in cache by the end: nothing.
 * Source   Goto and van de Geijn 2008; Heinecke et al. 2016, LIBXSMM (code written for a shape).
 */
import type { Steps } from './steps.ts';
import { advance, each, func, get, repeat, set } from './wat.ts';

export interface Tile {
  readonly name: string;
  readonly mr: number;
  /** Vectors of four to a row. */
  readonly width: number;
  readonly kc: number;
  readonly aStep: Steps;
  readonly bRow: number;
  readonly cRow: number;
  readonly unroll: number;
  readonly packs?: boolean;
}

/** Sums of row p and vector q of a tile. */
export const sumAt = (p: number, q: number): string => `c${p}_${q}`;

/** One step of k for the vectors `qs` of a tile: each row's number of A, in all lanes, times B's vectors, fused and added to the sums. */
export function rank1(
  mr: number,
  qs: readonly number[],
  a: (p: number) => string,
  b: (q: number) => string,
  loaded = '',
): string {
  const row = (p: number) =>
    qs.map((q) => set(sumAt(p, q), `(f32x4.relaxed_madd ${get('x')} ${get(`b${q}`)} ${get(sumAt(p, q))})`)).join('\n');
  return `
    ${qs.map((q) => set(`b${q}`, b(q))).join('\n')}
    ${loaded}
    ${each(mr, (p) => `${set('x', a(p))}\n${row(p)}`)}`;
}

/** `$h`: alpha, beta, and whether they are 1 and 0, in memory: in registers they would be two too many for the loop. */
export const tileParams = { a: 'i32', b: 'i32', c: 'i32', s: 'i32', sRow: 'i32', h: 'i32' };

export function tile({ name, mr, width, kc, aStep, bRow, cRow, unroll, packs = false }: Tile): string {
  // From the right: after a store of the lower half V8 would do that half again on its own, as 128 bits.
  const right = Array.from({ length: width }, (_, n) => width - 1 - n);
  const row = (address: string, offset: number, vector: (q: number) => string) =>
    right.map((q) => `(v128.store offset=${offset + 16 * q} ${get(address)} ${get(vector(q))})`).join('\n');
  const qs = right.toReversed();
  const step = (u: number) =>
    rank1(
      mr,
      qs,
      (p) => `(v128.load32_splat offset=${p * aStep.row + u * aStep.col} ${get('a')})`,
      (q) => `(v128.load offset=${u * bRow + 16 * q} ${get('b')})`,
      packs ? row('to', 16 * width * u, (q) => `b${q}`) : '',
    );
  const store = each(mr, (p) => row('c', p * cRow, (q) => sumAt(p, q)));
  const scaled = (p: number) => `
    ${each(width, (q) => {
      const before = `(f32x4.mul (v128.load offset=${16 * q} ${get('s')}) ${get('beta')})`;
      return set(sumAt(p, q), `(f32x4.relaxed_madd ${get(sumAt(p, q))} ${get('x')} ${before})`);
    })}
    ${p < mr - 1 ? set('s', `(i32.add ${get('s')} ${get('sRow')})`) : ''}`;
  const turns = Math.floor(kc / unroll);
  const sums = Array.from({ length: mr * width }, (_, n) => sumAt(Math.floor(n / width), n % width));
  const locals = ['x', 'beta', ...Array.from({ length: width }, (_, q) => `b${q}`), ...sums];
  return func({
    name,
    params: packs ? { ...tileParams, to: 'i32' } : tileParams,
    locals: { k: 'i32', ...Object.fromEntries(locals.map((local) => [local, 'v128'])) },
    body: `
      ${repeat(
        'k',
        turns,
        [
          ...[each(unroll, step), advance('a', unroll * aStep.col), advance('b', unroll * bRow)],
          ...(packs ? [advance('to', 16 * width * unroll)] : []),
        ].join('\n'),
      )}
      ${each(kc - turns * unroll, step)}
      (if (i32.load offset=8 ${get('h')}) (then ${store} (return)))
      ${set('x', `(v128.load32_splat ${get('h')})`)}
      ${set('beta', `(v128.load32_splat offset=4 ${get('h')})`)}
      ${each(mr, scaled)}
      ${store}`,
  });
}
