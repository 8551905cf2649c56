/**
 * C = alpha op(A) op(B) + beta C by register tiles, as a WebAssembly module for one shape. The steps of the sgemm ladder from
 * the first tile of vectors to the first at 256 bits are this code, each with one thing changed.
 *
 *   run      for each panel, NR columns of C, of this thread:
 *   panel      Bp = op(B)[:, panel], row after row               if `packed`, and else Bp is op(B) where it lies
 *              for each MR rows of C:
 *   tile         sums = 0, MR x NR of them in registers
 *                for each k: sums += op(A)[rows, k] x Bp[k, :]   by `multiplyAdd`
 *                C = alpha sums + beta C
 *
 * Shapes   rows and columns that are left over get tiles of just their height and width: nothing beyond them is touched.
 * Needs    scratch of K x NR floats a thread, if packed.
 * Source   Goto and van de Geijn 2008 (panels); Heinecke et al. 2016, LIBXSMM (code written for a shape).
 */

import type { DimsOf } from 'nfold/contract';
import type op from 'nfold/ops/sgemm';
import { type Steps, stepsOf } from './steps.ts';
import {
  add,
  advance,
  each,
  func,
  get,
  i32,
  loadLanes,
  module,
  move,
  repeat,
  set,
  storeLanes,
  vectors,
} from './wat.ts';

export interface Panels {
  readonly MR: number;
  /** A multiple of 4. */
  readonly NR: number;
  readonly packed: boolean;
  /** sum + a * b, vectors, all of it as WebAssembly text. */
  multiplyAdd(sum: string, a: string, b: string): string;
  /** The first of `panels` panels that thread `tid` computes; the next thread's first one is its end. One thread has all. */
  first?(panels: number, tid: string): string;
}

const dimTypes = { M: 'i32', N: 'i32', K: 'i32', lda: 'i32', ldb: 'i32', ldc: 'i32', transA: 'i32', transB: 'i32' };

export function panelModule({ M, N, K, lda, ldb, ldc, transA, transB }: DimsOf<typeof op>, panels: Panels): string {
  const { MR, NR, packed, first } = panels;
  const a = stepsOf(lda, transA);
  const b = stepsOf(ldb, transB);
  const heights = split(M, MR);
  const widths = split(N, NR);
  const panelBytes = packed ? 4 * K * NR : 0;
  const whole = Math.floor(N / NR);
  const compute = (nr: number) =>
    `(call $panel${nr} ${['A', 'b', 'c', 'alpha', 'beta', 'scratch'].map(get).join(' ')})`;
  return module(
    ...widths.flatMap(({ size: nr }) => [
      ...(packed ? [pack(nr, K, b)] : []),
      ...heights.map(({ size: mr }) => tile(mr, nr, K, a, packed ? null : b, 4 * ldc, panels)),
      panel(nr),
    ]),
    func({
      name: 'scratchBytes',
      exported: true,
      params: { nthreads: 'i32', ...dimTypes },
      result: 'i32',
      body: `(i32.mul ${get('nthreads')} ${i32(panelBytes)})`,
    }),
    func({
      name: 'run',
      exported: true,
      params: {
        ...{ tid: 'i32', nthreads: 'i32', A: 'i32', B: 'i32', C: 'i32', ...dimTypes },
        ...{ alpha: 'f32', beta: 'f32', scratch: 'i32' },
      },
      locals: { panel: 'i32', end: 'i32', b: 'i32', c: 'i32' },
      body: `
        ${move('scratch', get('tid'), panelBytes)}
        ${set('panel', first ? first(whole, get('tid')) : i32(0))}
        ${set('end', first ? first(whole, add(get('tid'), i32(1))) : i32(whole))}
        ${set('b', add(get('B'), `(i32.mul ${get('panel')} ${i32(NR * b.col)})`))}
        ${set('c', add(get('C'), `(i32.mul ${get('panel')} ${i32(NR * 4)})`))}
        ${widths.map(({ size: nr }) => (nr === NR ? eachPanel(compute(nr)) : lastPanel(compute(nr)))).join('\n')}`,
    }),
  );

  function eachPanel(body: string): string {
    return `(block $done (loop $panels
      (br_if $done (i32.ge_u ${get('panel')} ${get('end')}))
      ${body}
      ${advance('b', NR * b.col)}
      ${advance('c', NR * 4)}
      ${advance('panel', 1)}
      (br $panels)))`;
  }

  function lastPanel(body: string): string {
    return `(if (i32.eq ${add(get('tid'), i32(1))} ${get('nthreads')}) (then ${body}))`;
  }

  function panel(nr: number): string {
    const block = ({ size: mr, count }: Part) =>
      repeat(
        'blocks',
        count,
        `(call $tile${mr}x${nr} ${['a', 'b', 'c', 'alpha', 'beta'].map(get).join(' ')})
        ${advance('a', mr * a.row)}
        ${advance('c', mr * 4 * ldc)}`,
      );
    return func({
      name: `panel${nr}`,
      params: { a: 'i32', b: 'i32', c: 'i32', alpha: 'f32', beta: 'f32', scratch: 'i32' },
      locals: { blocks: 'i32' },
      body: `
        ${packed ? `(call $pack${nr} ${get('b')} ${get('scratch')}) ${set('b', get('scratch'))}` : ''}
        ${heights.map(block).join('\n')}`,
    });
  }
}

interface Part {
  readonly size: number;
  readonly count: number;
}

/** An extent as `count` tiles of the full size, and one of what is left over. */
function split(extent: number, full: number): Part[] {
  const parts = [
    { size: full, count: Math.floor(extent / full) },
    { size: extent % full, count: 1 },
  ];
  return parts.filter(({ size, count }) => size * count > 0);
}

/** nr columns of op(B) from `b` on, to `to`: (K, nr), each row filled up to whole vectors with 0. */
function pack(nr: number, K: number, step: Steps): string {
  const row = vectors(nr);
  const load = row.map((lanes, q) => set(`v${q}`, loadLanes('b', 4 * q * step.col, lanes, step.col)));
  const store = row.map((_, q) => storeLanes('to', 16 * q, 4, `v${q}`));
  return func({
    name: `pack${nr}`,
    params: { b: 'i32', to: 'i32' },
    locals: { k: 'i32', ...Object.fromEntries(row.map((_, q) => [`v${q}`, 'v128'])) },
    body: repeat(
      'k',
      K,
      [...load, ...store.reverse(), advance('b', step.row), advance('to', 16 * row.length)].join('\n'),
    ),
  });
}

/** mr rows of op(A) from `a` on times a panel of nr columns, into C; `b` null: packed. `sum{p}_{q}` is row p, vector q. */
function tile(
  mr: number,
  nr: number,
  K: number,
  a: Steps,
  b: Steps | null,
  cRow: number,
  { multiplyAdd }: Panels,
): string {
  const lanesOf = vectors(nr);
  const width = lanesOf.length;
  const loadB = (q: number) => (b ? loadLanes('b', 4 * q * b.col, lanesOf[q], b.col) : loadLanes('b', 16 * q, 4));
  const step = `
    ${each(width, (q) => set(`b${q}`, loadB(q)))}
    ${each(
      mr,
      (p) => `
      ${set('ap', `(v128.load32_splat offset=${p * a.row} ${get('a')})`)}
      ${each(width, (q) => set(`sum${p}_${q}`, multiplyAdd(get(`sum${p}_${q}`), get('ap'), get(`b${q}`))))}`,
    )}
    ${advance('a', a.col)}
    ${advance('b', b ? b.row : 16 * width)}`;
  const eachSum = (line: (sum: string, offset: number, lanes: number) => string) =>
    each(mr, (p) => each(width, (q) => line(`sum${p}_${q}`, p * cRow + 16 * q, lanesOf[q])));
  // From the right, as then a store of 256 bits is one: after one of the lower half, V8 does that half again on its own.
  const store = each(mr, (p) =>
    each(width, (n) => {
      const q = width - 1 - n;
      return storeLanes('c', p * cRow + 16 * q, lanesOf[q], `sum${p}_${q}`);
    }),
  );
  const sums = Array.from({ length: mr * width }, (_, s) => `sum${Math.floor(s / width)}_${s % width}`);
  const locals = ['ap', ...lanesOf.map((_, q) => `b${q}`), ...sums];
  return func({
    name: `tile${mr}x${nr}`,
    params: { a: 'i32', b: 'i32', c: 'i32', alpha: 'f32', beta: 'f32' },
    locals: { k: 'i32', ...Object.fromEntries(locals.map((local) => [local, 'v128'])) },
    body: `
      ${repeat('k', K, step)}
      ${eachSum((sum) => set(sum, `(f32x4.mul (f32x4.splat ${get('alpha')}) ${get(sum)})`))}
      (if (f32.eq ${get('beta')} (f32.const 0)) (then ${store} (return)))
      ${eachSum((sum, offset, lanes) => {
        const before = `(f32x4.mul (f32x4.splat ${get('beta')}) ${loadLanes('c', offset, lanes)})`;
        return set(sum, `(f32x4.add ${get(sum)} ${before})`);
      })}
      ${store}`,
  });
}
