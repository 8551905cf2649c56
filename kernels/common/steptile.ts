/**
 * Register tiles on panels (see steplayout.ts), as WebAssembly text: C[0..mr][0..16] = start + sum over k of A[p,k] B[k,:].
 *
 *   along    k runs along the columns of A, panel after panel: 16 steps a turn
 *   across   k runs along the rows of A
 *
 * Numerics one accumulator for each element, fused multiply-adds in order of k.
 * Needs    relaxed SIMD. `width` 16 wants registers of 256 bits, that is the revectorizer; with 8 the left and the right half of the tile
 *          come one after the other, which is what 16 registers of 128 bits hold.
 * Source   BLIS, the haswell sgemm micro-kernel (6x16).
 */
import { fma, four, load, splat, store, sum } from './lanes.ts';
import { add, advance, call, countdown, each, func, get, i32, scaled, set, sub, vecs, when, words } from './wat.ts';

export interface Tile {
  readonly name: string;
  readonly mr: number;
  readonly width: number;
  /** Steps of k in a turn; $turns counts these. */
  readonly steps: number;
  /** Bytes from row to row and from step to step of A, and from turn to turn. */
  readonly a: { readonly row: number; readonly step: number; readonly turn: number };
  /** Bytes from row to row of C. */
  readonly cRow: number;
  /** Whether `$bias` is added at the end: a row of 16. */
  readonly biased?: boolean;
}

/** `$s`: where the sums start, rows `$sRow` bytes apart. */
export const tileParams = { a: 'i32', b: 'i32', c: 'i32', s: 'i32', sRow: 'i32', turns: 'i32' };

export function tile({ name, mr, width, steps, a, cRow, biased = false }: Tile): string {
  const halves = width === 16 ? [four] : [four.slice(0, 2), four.slice(2)];
  const acc = (p: number, q: number) => `c${p}_${q}`;
  const saved = ['a', 'b', 'turns'];
  const half = (qs: readonly number[], h: number) => {
    const eachSum = (p: number, value: (q: number) => string) => each(qs.length, (i) => set(acc(p, qs[i]), value(qs[i])));
    const start = (p: number) => `${eachSum(p, (q) => load('at', 16 * q))} ${set('at', add(get('at'), get('sRow')))}`;
    const step = (k: number) => `
      ${each(qs.length, (i) => set(`b${qs[i]}`, load('b', 64 * k + 16 * qs[i])))}
      ${each(mr, (p) => {
        const x = set('x', splat('a', p * a.row + k * a.step));
        return `${x} ${eachSum(p, (q) => fma(get('x'), get(`b${q}`), get(acc(p, q))))}`;
      })}`;
    const addBias = () => `
      ${each(qs.length, (i) => set(`b${qs[i]}`, load('bias', 16 * qs[i])))}
      ${each(mr, (p) => eachSum(p, (q) => sum(get(acc(p, q)), get(`b${q}`))))}`;
    // From the right: after a store of the lower half V8 would do that half again on its own, as 128 bits.
    const right = qs.toReversed();
    return `
      ${h > 0 ? saved.map((word) => set(word, get(`${word}_`))).join(' ') : ''}
      ${set('at', get('s'))}
      ${each(mr, start)}
      ${countdown('turns', `${each(steps, step)} ${advance('a', a.turn)} ${advance('b', 64 * steps)}`)}
      ${biased ? addBias() : ''}
      ${each(mr, (p) => each(qs.length, (i) => store('c', p * cRow + 16 * right[i], get(acc(p, right[i])))))}`;
  };
  const sums = Array.from({ length: mr }, (_, p) => four.map((q) => acc(p, q))).flat();
  return func({
    name,
    params: biased ? { ...tileParams, bias: 'i32' } : tileParams,
    locals: { ...words('at', ...saved.map((word) => `${word}_`)), ...vecs('x', 'b0', 'b1', 'b2', 'b3', ...sums) },
    body: `
      ${halves.length > 1 ? saved.map((word) => set(`${word}_`, get(word))).join(' ') : ''}
      ${halves.map(half).join('\n')}`,
  });
}

/** The heights of tiles: 6 rows while many are left, the last ones in parts as even as can be. */
const heights = [6, 5, 4, 3, 2, 1] as const;

/** `$name`: as many tiles as $rows takes, one below the other; `name1` to `name6` are the tiles. A's rows are 64 bytes apart, and C's. */
export function column(name: string, width: number, stride: number, biased = false): string {
  const a = { row: 64, step: 4, turn: stride };
  const params = biased ? { ...tileParams, bias: 'i32' } : tileParams;
  const args = Object.keys(params).map(get);
  const parts = `(i32.div_u ${add(get('rows'), i32(5))} ${i32(6)})`;
  const even = `(i32.div_u ${sub(add(get('rows'), get('mr')), i32(1))} ${get('mr')})`;
  const tiles = heights.reduceRight(
    (otherwise, mr) => when(`(i32.eq ${get('mr')} ${i32(mr)})`, call(`${name}${mr}`, ...args), otherwise),
    '',
  );
  return [
    ...heights.map((mr) => tile({ name: `${name}${mr}`, mr, width, steps: 16, a, cRow: 64, biased })),
    func({
      name,
      params: { ...params, rows: 'i32' },
      locals: words('mr'),
      body: `
        (block $done (loop $down
          (br_if $done (i32.eqz ${get('rows')}))
          ${when(`(i32.ge_u ${get('rows')} ${i32(18)})`, set('mr', i32(6)), `${set('mr', parts)} ${set('mr', even)}`)}
          ${tiles}
          ${set('a', add(get('a'), scaled(get('mr'), 64)))}
          ${set('c', add(get('c'), scaled(get('mr'), 64)))}
          ${set('s', add(get('s'), `(i32.mul ${get('mr')} ${get('sRow')})`))}
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

/** Tiles `name1` to `name6` whose rows are columns of a panel; `steps` divides every k. */
export const acrossTiles = (name: string, width: number, steps: number, cRow: number): string =>
  heights.map((mr) => tile({ name: `${name}${mr}`, mr, width, steps, a: { row: 4, step: 64, turn: 64 * steps }, cRow })).join('\n');
