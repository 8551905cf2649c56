/**
 * The products of a linear layer on panels, each thread its own rows: out = inp W^T + bias, and dinp = dout W. All threads have packed W.
 *
 * Shapes   inp (R,I), out (R,O), W (O,I), packed as (I,16) for each 16 of O, and as (O,16) for each 16 of I.
 * Expects  a panel of packed W to stay in L1 while the rows pass, as far as it is no deeper than `deepest`; else by parts of k.
 */
import { four, geluLocals, gelu as geluOf, load, store, storeRow, times, zerosAt } from './lanes.ts';
import { type Layout, panelsOf, type Weight } from './steplayout.ts';
import { add, advance, call, countdown, each, func, get, i32, scaled, set, sub, vecs, words } from './wat.ts';
import { pack } from './gemmpack.ts';

/** Panels of A, 16 steps of k each, to a part. */
const deepest = 24;

/** Even parts of so many panels of k. */
function parts(panels: number): number[] {
  const count = Math.ceil(panels / deepest);
  return Array.from({ length: count }, (_, i) => Math.floor((panels * (i + 1)) / count) - Math.floor((panels * i) / count));
}

export interface Product {
  readonly name: string;
  /** Panels of k and of the result. */
  readonly depth: number;
  readonly columns: number;
  /** `bias` starts at a row, `residual` at an array with the bias added at the end, `zero` at nothing. */
  readonly start: 'bias' | 'residual' | 'zero';
  /** What follows a panel, whose own rows lie at `$c`. */
  readonly then?: string;
  readonly params?: readonly string[];
}

/** (func $name $a $b $c [$bias] [$from] ...): own rows of A and C, packed B. */
export function product({ stride }: Layout, { name, depth, columns, start, then = '', params = [] }: Product): string {
  const ks = parts(depth);
  const given = ['a', 'b', 'c', ...(start === 'zero' ? [] : ['bias']), ...(start === 'residual' ? ['from'] : []), ...params];
  const rows = '(global.get $rows)';
  const first = {
    bias: `${get('bias')} ${i32(0)}`,
    residual: `${get('from')} ${i32(64)}`,
    zero: `${i32(zerosAt)} ${i32(0)}`,
  }[start];
  let at = 0;
  const part = (panels: number, i: number) => {
    const isLast = i === ks.length - 1;
    const biased = start === 'residual' && isLast;
    const k0 = at;
    at += panels;
    const from = i === 0 ? first : `${get('c')} ${i32(64)}`;
    return call(
      biased ? 'biased' : 'along',
      ...[add(get('a'), i32(k0 * stride)), add(get('b'), i32(k0 * 1024)), get('c'), from, i32(panels)],
      ...(biased ? [get('bias')] : []),
      rows,
    );
  };
  return func({
    name,
    params: words(...given),
    locals: words('left'),
    body: `
      ${set('left', i32(columns))}
      ${countdown(
        'left',
        `${ks.map(part).join('\n')}
        ${then}
        ${advance('b', depth * 1024)}
        ${given.slice(2).map((name) => advance(name, name === 'bias' ? 64 : stride)).join(' ')}`,
      )}`,
  });
}

/** Elementwise on $rows rows of a panel: z becomes its slope, and g gelu(z); and d = d slope. */
export function elementwise(): string {
  const pair = (name: string, at: string) => each(2, (q) => set(`${name}${q}`, load(at, 16 * q)));
  const storePair = (at: string, name: string) => each(2, (q) => store(at, 16 * (1 - q), get(`${name}${1 - q}`)));
  return [
    func({
      name: 'gelu',
      params: words('z', 'g', 'rows'),
      locals: vecs(...['x', 'g'].flatMap((name) => [0, 1].map((q) => `${name}${q}`)), ...geluLocals),
      body: `
        ${set('rows', scaled(get('rows'), 2))}
        ${countdown(
          'rows',
          `${pair('x', 'z')} ${each(2, (q) => geluOf(`x${q}`, `g${q}`, q))}
          ${storePair('g', 'g')} ${storePair('z', 'x')}
          ${advance('z', 32)} ${advance('g', 32)}`,
        )}`,
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

/** $packF_name and $packB_name: panel $u of a weight at $w, to its place; what is ragged is filled up with zeros. */
export function packing(name: string, { O, I, forward, backward }: Weight): string {
  const [Op, Ip] = [panelsOf(O), panelsOf(I)];
  const one = (kind: string, extent: number, depth: number, line: number, step: number, to: number) => {
    const bytes = panelsOf(depth) * 1024;
    const lanes = Math.min(16, extent);
    const tail = extent % 16;
    const job = (lanes: number) => ({ name: `${kind}${lanes}_${name}`, lanes, depth, line, step, row: 64 });
    const packed = (lanes: number) => call(`${kind}${lanes}_${name}`, get('w'), get('to'));
    const clear = `(memory.fill ${get('to')} ${i32(0)} ${i32(bytes)})`;
    const cleared = depth % 16 ? clear : '';
    const whole = extent >= 16 ? `${cleared} ${packed(16)}` : '';
    const last = tail ? `${clear} ${packed(tail)}` : '';
    const isLast = `(i32.eq ${get('u')} ${i32(Math.ceil(extent / 16) - 1)})`;
    return [
      ...(lanes === 16 ? [pack(job(16))] : []),
      ...(tail ? [pack(job(tail))] : []),
      func({
        name: `${kind}_${name}`,
        params: words('w', 'u'),
        locals: words('to'),
        body: `
          ${set('to', add(add('(global.get $base)', i32(to)), scaled(get('u'), bytes)))}
          ${set('w', add(get('w'), scaled(get('u'), 16 * line)))}
          ${tail ? `(if ${isLast} (then ${last}) (else ${whole}))` : whole}`,
      }),
    ].join('\n');
  };
  void Op; void Ip; void sub;
  return [one('packF', O, I, 4 * I, 4, forward), one('packB', I, O, 4, 4 * I, backward)].join('\n');
}
