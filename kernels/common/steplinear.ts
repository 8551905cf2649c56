/**
 * The products of a linear layer on panels, each thread its own rows: out = inp W^T + bias, and dinp = dout W. All threads have packed W.
 *
 * Shapes   inp (R,I), out (R,O), W (O,I), packed as (I,16) for each 16 of O, and as (O,16) for each 16 of I.
 * Expects  a panel of packed W to stay in L1 while the rows pass, by parts of k that it holds.
 */

import { pack } from './gemmpack.ts';
import { four, geluLocals, gelu as geluOf, load, loadRow, storeRow, times } from './lanes.ts';
import { type Layout, lastOf, panelsOf, type Weight } from './steplayout.ts';
import { along, fromZero } from './steptile.ts';
import { add, advance, call, countdown, each, func, get, i32, scaled, set, vecs, words } from './wat.ts';

/** Even parts of so many panels of k. */
function parts(panels: number, deepest: number): number[] {
  const count = Math.ceil(panels / deepest);
  return Array.from(
    { length: count },
    (_, i) => Math.floor((panels * (i + 1)) / count) - Math.floor((panels * i) / count),
  );
}

export interface Product {
  readonly name: string;
  /** Panels of k and of the result. */
  readonly depth: number;
  readonly columns: number;
  /** `bias` starts at a row, `residual` at an array with the bias added at the end, `zero` at nothing. */
  readonly start: 'bias' | 'residual' | 'zero';
  /** What follows a panel, whose own rows lie at `$c`. */
  readonly after?: string;
  readonly params?: readonly string[];
}

/** (func $name $a $b $c [$bias] [$from] ...): own rows of A and C, packed B. */
export function product(
  { stride, blocking }: Layout,
  { name, depth, columns, start, after = '', params = [] }: Product,
): string {
  const ks = parts(depth, blocking.panels);
  const { group } = blocking;
  const given = [...(start === 'zero' ? [] : ['bias']), ...(start === 'residual' ? ['from'] : []), ...params];
  const first = {
    bias: { s: get('bias'), sRow: i32(0), sNext: i32(64) },
    residual: { s: get('from'), sRow: i32(64), sNext: i32(stride) },
    zero: { ...fromZero, sNext: i32(0) },
  }[start];
  const part = (count: number) => (turns: number, i: number) => {
    const at = ks.slice(0, i).reduce((sum, k) => sum + k, 0);
    return along({
      ...(i === 0 ? first : { s: get('c'), sRow: i32(64), sNext: i32(stride) }),
      ...{ a: add(get('a'), i32(at * stride)), b: add(get('b'), i32(at * 1024)), c: get('c') },
      ...{ turns: i32(turns), aTurn: i32(stride), rows: '(global.get $rows)' },
      bias: start === 'residual' && i === ks.length - 1 ? get('bias') : i32(0),
      ...{ columns: i32(count), bNext: i32(depth * 1024), cNext: i32(stride) },
    });
  };
  const next = ['c', ...given].map((name) => advance(name, name === 'bias' ? 64 : stride)).join(' ');
  const panels = (count: number) => `
    ${ks.map(part(count)).join('\n')}
    ${advance('b', depth * 1024 * count)} ${set('each', i32(count))} ${countdown('each', `${after} ${next}`)}`;
  return func({
    name,
    params: words('a', 'b', 'c', ...given),
    locals: words('left', 'each'),
    body: `
      ${set('left', i32(Math.floor(columns / group)))}
      ${countdown('left', panels(group))}
      ${columns % group ? panels(columns % group) : ''}`,
  });
}

/** Elementwise on $rows rows of a panel: z becomes its slope, and g gelu(z); and d = d slope. */
export function elementwise(): string {
  return [
    func({
      name: 'gelu',
      params: words('z', 'g', 'rows'),
      locals: vecs(...geluLocals),
      body: countdown(
        'rows',
        `${each(4, (q) => set(`x${q}`, load('z', 16 * q)))} ${geluOf(four)}
        ${storeRow('g', 0, (q) => get(`h${q}`))} ${storeRow('z', 0, (q) => get(`x${q}`))}
        ${advance('z', 64)} ${advance('g', 64)}`,
      ),
    }),
    func({
      name: 'multiply',
      params: words('d', 'by', 'rows'),
      locals: vecs(...four.map((q) => `x${q}`)),
      body: countdown(
        'rows',
        `${each(4, (q) => set(`x${q}`, times(load('d', 16 * q), load('by', 16 * q))))}
        ${storeRow('d', 0, (q) => get(`x${q}`))} ${advance('d', 64)} ${advance('by', 64)}`,
      ),
    }),
  ].join('\n');
}

/**
 * $packF_name and $packB_name: rows 16 $u to 16 $u + 15 of a weight at $w, which are read one after the other, to their places in packed
 * form, in the set that is $set bytes on; what is ragged is filled up with zeros.
 */
export function packing(name: string, { O, I, forward, backward }: Weight): string {
  const [Op, Ip] = [panelsOf(O), panelsOf(I)];
  const extents = [...new Set([...(O >= 16 ? [16] : []), ...(O % 16 ? [O % 16] : [])])];
  const start = (to: number, bytes: number) => `
    ${set('to', add(add(add('(global.get $base)', i32(to)), get('set')), scaled(get('u'), bytes)))}
    ${set('w', add(get('w'), scaled(get('u'), 64 * I)))}`;
  const turn = (lanes: number) => `
    ${lanes < 16 || I % 16 ? `(memory.fill ${get('to')} ${i32(0)} ${i32(1024 * Ip)})` : ''}
    ${call(`packF${lanes}_${name}`, get('w'), get('to'))}`;
  const copy = (lanes: number) => `
    ${each(4, (q) => set(`x${q}`, loadRow('w', lanes)(q)))} ${storeRow('at', 0, (q) => get(`x${q}`))}
    ${advance('w', 4 * lanes)} ${advance('at', 1024 * Op)}`;
  const eachPanel = (body: string) => `${set('at', get('to'))} ${set('left', i32(Ip))} ${countdown('left', body)}`;
  const copyRows = (rows: number) => `
    ${rows < 16 ? eachPanel(`(memory.fill ${get('at')} ${i32(0)} ${i32(1024)}) ${advance('at', 1024 * Op)}`) : ''}
    ${set('rows', i32(rows))}
    ${countdown(
      'rows',
      `${set('at', get('to'))} ${set('left', i32(Math.floor(I / 16)))}
      ${countdown('left', copy(16))}
      ${I % 16 ? copy(I % 16) : ''}
      ${advance('to', 64)}`,
    )}`;
  return [
    ...extents.map((lanes) => pack({ name: `packF${lanes}_${name}`, lanes, depth: I, line: 4 * I, step: 4, row: 64 })),
    func({
      name: `packF_${name}`,
      params: words('w', 'u', 'set'),
      locals: words('to'),
      body: `${start(forward, 1024 * Ip)} ${lastOf('u', O, turn)}`,
    }),
    func({
      name: `packB_${name}`,
      params: words('w', 'u', 'set'),
      locals: { ...words('to', 'at', 'rows', 'left'), ...vecs('x0', 'x1', 'x2', 'x3') },
      body: `${start(backward, 1024)} ${lastOf('u', O, copyRows)}`,
    }),
  ].join('\n');
}
