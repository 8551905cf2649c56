/**
 * C[i..i+4, j..j+8] = alpha op(A)[i..i+4,:] op(B)[:,j..j+8] + beta C[i..i+4, j..j+8]
 *
 * The module is written for one shape. Loops know their ends; rows of op(A) need no packing, as the way from one to the
 * next is a constant in the load; ragged edges get tiles of just their height and width, which load and store just
 * their own lanes. Eight vectors hold the sums; each panel of op(B), eight columns wide, is packed once and then
 * stays in the L1 cache while all rows of op(A) pass by.
 *
 * Needs    stock SIMD, multiply and add apart (no fused multiply-add); scratch of K x 8 floats.
 * Expects  a bound by the multiplier and the adder, at every shape: a step of k is 8 of each, against 6 loads.
 * Tried    3x12: 3 % more in the mean, 6 to 10 % less at M512N128K256TN; 5x8: as 4x8; 3x8: less, more loads to a
 *          product; 6x8: half, presumably for want of registers. K unrolled by 4: nothing. B left unpacked:
 *          9 % less at 512, where rows of B lie 2 KiB apart and share few cache sets; 2 % more at 64.
 * Source   Goto and van de Geijn 2008 (panels); Heinecke et al. 2016, LIBXSMM (code written for a shape).
 */
import type op from '../../baselines/sgemm/op.ts';
import type { Generator } from '../../src/contract/candidate.ts';
import type { DimsOf } from '../../src/contract/op.ts';
import { advance, each, func, get, i32, loadLanes, module, repeat, set, storeLanes, vectors } from '../common/wat.ts';

const MR = 4;
const NR = 8;

/** Bytes from X[i,j] to X[i+1,j], and to X[i,j+1]; X is an op(A) or op(B). */
interface Steps {
  readonly row: number;
  readonly col: number;
}

const dims = { M: 'i32', N: 'i32', K: 'i32', lda: 'i32', ldb: 'i32', ldc: 'i32', transA: 'i32', transB: 'i32' };

export default {
  about: 'code written for each shape: constant strides and loop ends, 4x8 SIMD tiles, exact edges',
  source: 'Goto and van de Geijn 2008; Heinecke et al. 2016, LIBXSMM',
  generate({ M, N, K, lda, ldb, ldc, transA, transB }: DimsOf<typeof op>) {
    const aStep = transA ? { row: 4, col: 4 * lda } : { row: 4 * lda, col: 4 };
    const bStep = transB ? { row: 4, col: 4 * ldb } : { row: 4 * ldb, col: 4 };
    const heights = split(M, MR);
    const widths = split(N, NR);
    return module(
      ...widths.map(({ size: nr }) => pack(nr, K, bStep)),
      ...heights.flatMap(({ size: mr }) => widths.map(({ size: nr }) => tile(mr, nr, K, aStep, 4 * ldc))),
      func({
        name: 'scratchBytes',
        exported: true,
        params: { nthreads: 'i32', ...dims },
        result: 'i32',
        body: i32(4 * K * NR),
      }),
      func({
        name: 'run',
        exported: true,
        params: {
          ...{ tid: 'i32', nthreads: 'i32', A: 'i32', B: 'i32', C: 'i32', ...dims },
          ...{ alpha: 'f32', beta: 'f32', scratch: 'i32' },
        },
        locals: { a: 'i32', c: 'i32', panels: 'i32', blocks: 'i32' },
        body: widths
          .map(({ size: nr, count }) => {
            const panel = `
              (call $pack${nr} ${get('B')} ${get('scratch')})
              ${set('a', get('A'))}
              ${set('c', get('C'))}
              ${heights.map((height) => repeat('blocks', height.count, block(height.size, nr))).join('\n')}
              ${advance('B', nr * bStep.col)}
              ${advance('C', nr * 4)}`;
            return repeat('panels', count, panel);
          })
          .join('\n'),
      }),
    );

    function block(mr: number, nr: number): string {
      return `
        (call $tile${mr}x${nr} ${['a', 'scratch', 'c', 'alpha', 'beta'].map(get).join(' ')})
        ${advance('a', mr * aStep.row)}
        ${advance('c', mr * 4 * ldc)}`;
    }
  },
} satisfies Generator<typeof op>;

/** An extent as `count` tiles of the full size, and one of what is left over. */
function split(extent: number, full: number): { size: number; count: number }[] {
  const parts = [
    { size: full, count: Math.floor(extent / full) },
    { size: extent % full, count: 1 },
  ];
  return parts.filter(({ size, count }) => size * count > 0);
}

/** nr columns of op(B) from `b` on, to `to`: (K, nr), each row filled up to whole vectors with 0. */
function pack(nr: number, K: number, step: Steps): string {
  const row = vectors(nr).map(
    (lanes, q) => `(v128.store offset=${16 * q} ${get('to')} ${loadLanes('b', 4 * q * step.col, lanes, step.col)})`,
  );
  return func({
    name: `pack${nr}`,
    params: { b: 'i32', to: 'i32' },
    locals: { k: 'i32' },
    body: repeat('k', K, [...row, advance('b', step.row), advance('to', 16 * row.length)].join('\n')),
  });
}

/** mr rows of op(A) from `a` on, times the packed panel `b`, into C from `c` on; `sum{p}{q}` is row p, vector q. */
function tile(mr: number, nr: number, K: number, step: Steps, cRow: number): string {
  const lanesOf = vectors(nr);
  const width = lanesOf.length;
  const addProduct = (sum: string, b: string) => set(sum, `(f32x4.add ${get(sum)} (f32x4.mul ${get('ap')} ${get(b)}))`);
  const row = (p: number) => `
    ${set('ap', `(v128.load32_splat offset=${p * step.row} ${get('a')})`)}
    ${each(width, (q) => addProduct(`sum${p}${q}`, `b${q}`))}`;
  const term = `
    ${each(width, (q) => set(`b${q}`, `(v128.load offset=${16 * q} ${get('b')})`))}
    ${each(mr, row)}
    ${advance('a', step.col)}
    ${advance('b', 16 * width)}`;
  const eachSum = (line: (sum: string, offset: number, lanes: number) => string) =>
    each(mr, (p) => each(width, (q) => line(`sum${p}${q}`, p * cRow + 16 * q, lanesOf[q])));
  const sums = Array.from({ length: mr * width }, (_, s) => `sum${Math.floor(s / width)}${s % width}`);
  const locals = ['ap', ...lanesOf.map((_, q) => `b${q}`), ...sums];
  return func({
    name: `tile${mr}x${nr}`,
    params: { a: 'i32', b: 'i32', c: 'i32', alpha: 'f32', beta: 'f32' },
    locals: { k: 'i32', ...Object.fromEntries(locals.map((local) => [local, 'v128'])) },
    body: `
      ${repeat('k', K, term)}
      ${eachSum((sum) => set(sum, `(f32x4.mul (f32x4.splat ${get('alpha')}) ${get(sum)})`))}
      (if (f32.ne ${get('beta')} (f32.const 0)) (then
        ${eachSum((sum, offset, lanes) => {
          const before = `(f32x4.mul (f32x4.splat ${get('beta')}) ${loadLanes('c', offset, lanes)})`;
          return set(sum, `(f32x4.add ${get(sum)} ${before})`);
        })}))
      ${eachSum((sum, offset, lanes) => storeLanes('c', offset, lanes, sum))}`,
  });
}
