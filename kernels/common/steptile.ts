/**
 * Register tiles on panels (see steplayout.ts), as WebAssembly text: C[0..mr][0..16] = start + sum over k of A[p,k] B[k,:].
 *
 *   along    k runs along the columns of A, panel after panel
 *   across   k runs along the rows of A
 *
 * Numerics one accumulator for each element, fused multiply-adds in order of k.
 * Needs    relaxed SIMD. `width` 16 wants registers of 256 bits, that is the revectorizer; with 8 the left and the right half of the tile
 *          come one after the other, which is what 16 registers of 128 bits hold.
 * Source   BLIS, the haswell sgemm micro-kernel (6x16).
 */
import { rank1, sumAt } from './gemmtile.ts';
import { four, load, splat, store, sum, zerosAt } from './lanes.ts';
import { add, advance, call, countdown, each, func, get, i32, scaled, set, sub, vecs, when, words } from './wat.ts';

interface Tile {
  readonly name: string;
  readonly mr: number;
  readonly width: number;
  /** Steps of k in a turn; $turns counts these. */
  readonly steps: number;
  /** Bytes from row to row and from step to step of A. */
  readonly row: number;
  readonly step: number;
}

/**
 * A turn of A is $aTurn bytes from the last. The sums start at $s, rows $sRow bytes apart; C's rows are $cRow bytes apart; at the end, $bias
 * is added to each, a row of 16, unless it is 0.
 */
const tileParams = ['a', 'b', 'c', 's', 'sRow', 'turns', 'aTurn', 'cRow', 'bias'] as const;

function tile({ name, mr, width, steps, row, step }: Tile): string {
  const halves = width === 16 ? [four] : [four.slice(0, 2), four.slice(2)];
  const saved = ['a', 'b', 'c', 'turns'];
  const half = (qs: readonly number[], h: number) => {
    const eachSum = (p: number, value: (q: number) => string) =>
      each(qs.length, (i) => set(sumAt(p, qs[i]), value(qs[i])));
    const start = (p: number) => `${eachSum(p, (q) => load('at', 16 * q))} ${set('at', add(get('at'), get('sRow')))}`;
    const product = (k: number) =>
      rank1(
        mr,
        qs,
        (p) => splat('a', p * row + k * step),
        (q) => load('b', 64 * k + 16 * q),
      );
    const addBias = `
      ${each(qs.length, (i) => set(`b${qs[i]}`, load('bias', 16 * qs[i])))}
      ${each(mr, (p) => eachSum(p, (q) => sum(get(sumAt(p, q)), get(`b${q}`))))}`;
    // From the right: after a store of the lower half V8 would do that half again on its own, as 128 bits.
    const right = qs.toReversed();
    const keep = (p: number) => `
      ${each(qs.length, (i) => store('c', 16 * right[i], get(sumAt(p, right[i]))))} ${set('c', add(get('c'), get('cRow')))}`;
    return `
      ${h > 0 ? saved.map((word) => set(word, get(`${word}_`))).join(' ') : ''}
      ${set('at', get('s'))}
      ${each(mr, start)}
      ${countdown('turns', `${each(steps, product)} ${set('a', add(get('a'), get('aTurn')))} ${advance('b', 64 * steps)}`)}
      ${when(get('bias'), addBias)}
      ${each(mr, keep)}`;
  };
  const sums = Array.from({ length: mr }, (_, p) => four.map((q) => sumAt(p, q))).flat();
  return func({
    name,
    params: words(...tileParams),
    locals: { ...words('at', ...saved.map((word) => `${word}_`)), ...vecs('x', 'b0', 'b1', 'b2', 'b3', ...sums) },
    body: `
      ${halves.length > 1 ? saved.map((word) => set(`${word}_`, get(word))).join(' ') : ''}
      ${halves.map(half).join('\n')}`,
  });
}

/** 6 rows while many are left, the last ones in parts as even as can be. */
const heights = [6, 5, 4, 3, 2, 1] as const;
/** Steps of k to a turn: along, they divide 16. */
const alongSteps = 16;

/**
 * $along: tiles below and beside one another, $rows rows by $columns panels of C. A's rows are 64 bytes apart, and C's; from panel to panel, B
 * is `bNext` bytes on, C `cNext`, the start `sNext`, and the bias 64.
 */
const alongParams = [
  ...tileParams.filter((name) => name !== 'cRow'),
  'rows',
  'columns',
  'bNext',
  'cNext',
  'sNext',
] as const;

export type Along = Readonly<Record<(typeof alongParams)[number], string>>;

export const along = (args: Along): string => call('along', ...alongParams.map((name) => args[name]));

export function alongTiles(width: number): string {
  const now: Readonly<Record<string, string>> = {
    b: get('bAt'),
    c: get('cAt'),
    s: get('sAt'),
    bias: get('biasAt'),
    cRow: i32(64),
  };
  const args = tileParams.map((name) => now[name] ?? get(name));
  const parts = `(i32.div_u ${add(get('rows'), i32(5))} ${i32(6)})`;
  const even = `(i32.div_u ${sub(add(get('rows'), get('mr')), i32(1))} ${get('mr')})`;
  const tiles = heights.reduceRight(
    (otherwise, mr) => when(`(i32.eq ${get('mr')} ${i32(mr)})`, call(`along${mr}`, ...args), otherwise),
    '',
  );
  const down = (name: string, bytes: string) => set(name, add(get(name), bytes));
  return [
    ...heights.map((mr) => tile({ name: `along${mr}`, mr, width, steps: alongSteps, row: 64, step: 4 })),
    func({
      name: 'along',
      params: words(...alongParams),
      locals: words('mr', 'left', 'bAt', 'cAt', 'sAt', 'biasAt'),
      body: `
        (block $done (loop $down
          (br_if $done (i32.eqz ${get('rows')}))
          ${when(`(i32.ge_u ${get('rows')} ${i32(18)})`, set('mr', i32(6)), `${set('mr', parts)} ${set('mr', even)}`)}
          ${['b', 'c', 's', 'bias'].map((name) => set(`${name}At`, get(name))).join(' ')}
          ${set('left', get('columns'))}
          ${countdown(
            'left',
            `${tiles}
            ${down('bAt', get('bNext'))} ${down('cAt', get('cNext'))} ${down('sAt', get('sNext'))}
            ${when(get('bias'), advance('biasAt', 64))}`,
          )}
          ${down('a', scaled(get('mr'), 64))}
          ${down('c', scaled(get('mr'), 64))}
          ${down('s', `(i32.mul ${get('mr')} ${get('sRow')})`)}
          ${set('rows', sub(get('rows'), get('mr')))}
          (br $down)))`,
    }),
  ].join('\n');
}

/** The 16 columns of a panel, or fewer, as rows of tiles: 6, 5 and 5. */
export function acrossHeights(columns: number): { readonly mr: number; readonly from: number }[] {
  const parts = Math.ceil(columns / 6);
  let from = 0;
  return Array.from({ length: parts }, (_, i) => {
    const mr = Math.ceil((columns - from) / (parts - i));
    from += mr;
    return { mr, from: from - mr };
  });
}

/** $across1 to $across6: tiles whose rows are columns of a panel, for the extents that are asked for; `steps` divides every k. */
export function acrossTiles(width: number, steps: number, extents: readonly number[]): string {
  const used = new Set(extents.flatMap((columns) => acrossHeights(columns).map(({ mr }) => mr)));
  return [...used].map((mr) => tile({ name: `across${mr}`, mr, width, steps, row: 4, step: 64 })).join('\n');
}

/** A call of such a tile: `turns` of `steps` of k, C's rows `cRow` bytes apart. */
export interface Across {
  readonly a: string;
  readonly b: string;
  readonly c: string;
  readonly s: string;
  readonly sRow: string;
  readonly turns: number;
  readonly steps: number;
  readonly cRow: number;
}

export const across = (mr: number, { a, b, c, s, sRow, turns, steps, cRow }: Across): string =>
  call(`across${mr}`, a, b, c, s, sRow, i32(turns), i32(64 * steps), i32(cRow), i32(0));

/** Sums that start at 0. */
export const fromZero = { s: i32(zerosAt), sRow: i32(0) };
