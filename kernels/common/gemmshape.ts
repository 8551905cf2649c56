/**
 * C = alpha * op(A) * op(B) + beta * C as a WebAssembly module for one shape and one choice of parameters.
 *
 *   for each NC columns of this thread, for each KC of the depth:
 *     Bp = op(B)[KC, NC] in panels of NR columns
 *     for each MC rows of this thread:
 *       Ap = op(A)[MC, KC] in panels of up to MR rows
 *       for each panel of Bp, for each panel of Ap: one tile of C
 *
 * Shapes   strides, depths and the width of the ragged last panel are constants of the code; which rows and columns are a
 *          thread's own is known when it runs. Rows are cut into heights that differ by one at most near the end, so that 7
 *          rows are 4 and 3. The last columns are computed in a tile of scratch and merged from there.
 * Numerics one order of sums for each element, whatever the number of threads. beta = 0 does not read C, alpha = 0 reads
 *          neither A nor B.
 * Needs    scratch: for each thread a header (alpha and beta by turns, a row of zeros, one tile), then its panels.
 * Source   Goto and van de Geijn 2008; Van Zee and van de Geijn 2015, BLIS.
 */
import { height, merge, scale } from './gemmedge.ts';
import { pack } from './gemmpack.ts';
import { tile, tileParams } from './gemmtile.ts';
import { advance, each, func, get, i32, module, set } from './wat.ts';

const dimNames = ['M', 'N', 'K', 'lda', 'ldb', 'ldc', 'transA', 'transB'] as const;
export type Shape = Readonly<Record<(typeof dimNames)[number], number>>;

/** Register tile MR x NR (NR a multiple of 8), cache blocks MC, NC, KC. */
export type Blocking = Readonly<Record<'MR' | 'NR' | 'MC' | 'NC' | 'KC', number>> & {
  /** Steps of k to a turn of the inner loop. */
  readonly unroll: number;
  /** 1 to pack, 0 to read the operand where it lies; a transposed B is always packed. */
  readonly packA: number;
  readonly packB: number;
  /** What the threads share out: rows ('M') or columns ('N'). */
  readonly split: string;
};
const dimParams = Object.fromEntries(dimNames.map((dim) => [dim, 'i32']));

/** What the harness zeroes: room for barriers. */
const syncBytes = 256;
/** Three pairs of alpha and beta, as tiles want them, 16 bytes apart. */
const pair = { first: 0, later: 16, scratch: 32 };
const zerosAt = 64;

export function gemmModule(shape: Shape, p: Blocking): string {
  const { M, N, K, lda, ldb, ldc, transA, transB } = shape;
  const { MR, NR } = p;
  const a = transA ? { row: 4, col: 4 * lda } : { row: 4 * lda, col: 4 };
  const b = transB ? { row: 4, col: 4 * ldb } : { row: 4 * ldb, col: 4 };
  const cRow = 4 * ldc;

  const blocks = Math.max(1, Math.ceil(K / p.KC));
  const kc = Math.min(K, roundUp(Math.ceil(K / blocks), p.unroll));
  /** Depths that occur: of all blocks, and of the last one where it is less. */
  const kcLast = K - Math.max(0, Math.ceil(K / Math.max(1, kc)) - 1) * kc;
  const depths = [...new Set([kc, kcLast])];
  const tail = N % NR;
  /** The last panel is padded to whole pairs of vectors. */
  const tailWidth = roundUp(tail, 8);
  const packB = p.packB === 1 || transB === 1;
  const packA = p.packA === 1;
  const mc = Math.min(roundUp(p.MC, MR), roundUp(M, MR));
  const nc = Math.min(roundUp(p.NC, NR), roundUp(N, NR));

  const tileAt = zerosAt + 4 * NR;
  const panelsAt = roundUp(tileAt + 4 * NR * MR, 64);
  const apBytes = packA ? roundUp(4 * mc * kc, 64) : 0;
  const bpBytes = packB ? roundUp(4 * nc * kc, 64) : roundUp(4 * tailWidth * kc, 64);
  const ownBytes = panelsAt + apBytes + bpBytes;

  const heights = Array.from({ length: Math.min(MR, M) }, (_, i) => Math.min(MR, M) - i);
  const aOf = (mr: number) => (packA ? { row: 4, col: 4 * mr } : a);
  const bRowOf = (nr: number) => (packB || nr !== NR ? 4 * nr : b.row);

  const tiles = depths.flatMap((depth) => {
    const at = { kc: depth, unroll: p.unroll };
    const full = (mr: number) =>
      tile({ name: `tile${depth}x${mr}`, mr, width: NR / 4, ...at, aStep: aOf(mr), bRow: bRowOf(NR), cRow });
    const last = (mr: number) =>
      tile({
        name: `last${depth}x${mr}`,
        mr,
        width: tailWidth / 4,
        ...at,
        aStep: aOf(mr),
        bRow: 4 * tailWidth,
        cRow: 4 * NR,
      });
    return heights.flatMap((mr) => [...(N >= NR ? [full(mr)] : []), ...(tail ? [last(mr)] : [])]);
  });

  const packs = depths.flatMap((depth) => {
    const columns = (name: string, lanes: number, nr: number) =>
      pack({ name, lanes, depth, line: b.col, step: b.row, row: 4 * nr });
    const rows = (mr: number) =>
      pack({ name: `packA${depth}x${mr}`, lanes: mr, depth, line: a.row, step: a.col, row: 4 * mr });
    return [
      ...(packB && N >= NR ? [columns(`packB${depth}`, NR, NR)] : []),
      ...(tail ? [columns(`packLast${depth}`, tail, tailWidth)] : []),
      ...(packA ? heights.map(rows) : []),
    ];
  });

  const memory = module(
    ...packs,
    ...tiles,
    height(MR),
    ...depths.flatMap((depth) => [
      ...(packA ? [packRows(depth)] : []),
      ...(N >= NR ? [column(depth)] : []),
      ...(tail ? [lastColumn(depth), packTail(depth)] : []),
      ...(packB ? [packColumns(depth)] : []),
    ]),
    ...(tail ? [merge(tail, cRow, 4 * NR)] : []),
    scale(cRow),
    ...depths.map(blockOf),
    scratchBytes(),
    run(),
  );
  return memory;

  /** Calls `name` with $mr at its end, for the one height that it is. */
  function dispatch(call: (mr: number) => string): string {
    return heights.reduceRight(
      (otherwise, mr) =>
        otherwise === '' ? call(mr) : `(if (i32.eq ${get('mr')} ${i32(mr)}) (then ${call(mr)}) (else ${otherwise}))`,
      '',
    );
  }

  /** Walks down $rows rows, $mr at a time. */
  function down(body: string): string {
    return `
      (block $done (loop $walk
        (br_if $done (i32.eqz ${get('rows')}))
        ${set('mr', `(call $height ${get('rows')})`)}
        ${body}
        ${set('rows', `(i32.sub ${get('rows')} ${get('mr')})`)}
        (br $walk)))`;
  }

  /** Bytes from one block of $mr rows of op(A), packed or not, to the next. */
  function nextA(depth: number): string {
    return set('a', `(i32.add ${get('a')} (i32.mul ${get('mr')} ${i32(packA ? 4 * depth : a.row)}))`);
  }

  function packRows(depth: number): string {
    return func({
      name: `packA${depth}`,
      params: { from: 'i32', to: 'i32', rows: 'i32' },
      locals: { mr: 'i32' },
      body: down(`
        ${dispatch((mr) => `(call $packA${depth}x${mr} ${get('from')} ${get('to')})`)}
        ${set('from', `(i32.add ${get('from')} (i32.mul ${get('mr')} ${i32(a.row)}))`)}
        ${set('to', `(i32.add ${get('to')} (i32.mul ${get('mr')} ${i32(4 * depth)}))`)}`),
    });
  }

  function packColumns(depth: number): string {
    return func({
      name: `packAllB${depth}`,
      params: { from: 'i32', to: 'i32', panels: 'i32' },
      body: `
        (block $done (loop $next
          (br_if $done (i32.eqz ${get('panels')}))
          ${N >= NR ? `(call $packB${depth} ${get('from')} ${get('to')})` : ''}
          ${advance('from', NR * b.col)}
          ${advance('to', 4 * NR * depth)}
          ${set('panels', `(i32.sub ${get('panels')} ${i32(1)})`)}
          (br $next)))`,
    });
  }

  function packTail(depth: number): string {
    return func({
      name: `packTail${depth}`,
      params: { from: 'i32', to: 'i32' },
      body: `(call $packLast${depth} ${get('from')} ${get('to')})`,
    });
  }

  /** One panel of B against all rows. */
  function column(depth: number): string {
    const args = ['a', 'b', 'c', 's', 'sRow', 'h'].map(get).join(' ');
    return func({
      name: `column${depth}`,
      params: { ...tileParams, rows: 'i32' },
      locals: { mr: 'i32' },
      body: down(`
        ${dispatch((mr) => `(call $tile${depth}x${mr} ${args})`)}
        ${nextA(depth)}
        ${set('c', `(i32.add ${get('c')} (i32.mul ${get('mr')} ${i32(cRow)}))`)}
        ${set('s', `(i32.add ${get('s')} (i32.mul ${get('mr')} ${get('sRow')}))`)}`),
    });
  }

  /** The ragged last panel: into the tile of scratch, and from there to the columns that exist. */
  function lastColumn(depth: number): string {
    const args = `${get('a')} ${get('b')} ${get('t')} ${get('zeros')} (i32.const 0) (i32.add ${get('own')} ${i32(pair.scratch)})`;
    return func({
      name: `lastColumn${depth}`,
      params: { a: 'i32', b: 'i32', c: 'i32', h: 'i32', own: 'i32', rows: 'i32' },
      locals: { mr: 'i32', t: 'i32', zeros: 'i32' },
      body: `
        ${set('t', `(i32.add ${get('own')} ${i32(tileAt)})`)}
        ${set('zeros', `(i32.add ${get('own')} ${i32(zerosAt)})`)}
        ${down(`
          ${dispatch((mr) => `(call $last${depth}x${mr} ${args})`)}
          (call $merge ${get('t')} ${get('c')} ${get('mr')} (f32.load offset=4 ${get('h')}))
          ${nextA(depth)}
          ${set('c', `(i32.add ${get('c')} (i32.mul ${get('mr')} ${i32(cRow)}))`)}`)}`,
    });
  }

  /** One depth of one stretch of columns, all rows of the thread. `$first`: whether beta is still to be applied. */
  function blockOf(depth: number): string {
    const nextB = packB ? 4 * NR * depth : NR * b.col;
    const sumOf = (x: string, y: string) => `(i32.add ${get(x)} ${y})`;
    return func({
      name: `block${depth}`,
      params: { A: 'i32', B: 'i32', C: 'i32', rows: 'i32', columns: 'i32', own: 'i32', h: 'i32', zero: 'i32' },
      locals: {
        ...{ Ap: 'i32', Bp: 'i32', a: 'i32', b: 'i32', c: 'i32', s: 'i32' },
        ...{ mc: 'i32', left: 'i32', panels: 'i32', BpTail: 'i32' },
      },
      body: `
        ${set('Ap', sumOf('own', i32(panelsAt)))}
        ${set('Bp', sumOf('own', i32(panelsAt + apBytes)))}
        ${set('panels', `(i32.div_u ${get('columns')} ${i32(NR)})`)}
        ${set('BpTail', packB ? sumOf('Bp', `(i32.mul ${get('panels')} ${i32(4 * NR * depth)})`) : get('Bp'))}
        ${packB ? `(call $packAllB${depth} ${get('B')} ${get('Bp')} ${get('panels')})` : ''}
        ${
          tail
            ? `(if (i32.rem_u ${get('columns')} ${i32(NR)}) (then
          (call $packTail${depth} ${sumOf('B', `(i32.mul ${get('panels')} ${i32(NR * b.col)})`)} ${get('BpTail')})))`
            : ''
        }
        (block $done (loop $rowBlocks
          (br_if $done (i32.eqz ${get('rows')}))
          ${set('mc', `(select ${i32(mc)} ${get('rows')} (i32.gt_u ${get('rows')} ${i32(mc)}))`)}
          ${packA ? `(call $packA${depth} ${get('A')} ${get('Ap')} ${get('mc')})` : ''}
          ${set('b', packB ? get('Bp') : get('B'))}
          ${set('c', get('C'))}
          ${set('left', get('panels'))}
          (block $last (loop $columns
            (br_if $last (i32.eqz ${get('left')}))
            ${
              N >= NR
                ? `(call $column${depth} ${packA ? get('Ap') : get('A')} ${get('b')} ${get('c')}
              (select ${sumOf('own', i32(zerosAt))} ${get('c')} ${get('zero')})
              (select ${i32(0)} ${i32(cRow)} ${get('zero')}) ${get('h')} ${get('mc')})`
                : ''
            }
            ${advance('b', nextB)}
            ${advance('c', 4 * NR)}
            ${set('left', `(i32.sub ${get('left')} ${i32(1)})`)}
            (br $columns)))
          ${
            tail
              ? `(if (i32.rem_u ${get('columns')} ${i32(NR)}) (then
            (call $lastColumn${depth} ${packA ? get('Ap') : get('A')} ${get('BpTail')} ${get('c')} ${get('h')} ${get('own')} ${get('mc')})))`
              : ''
          }
          ${set('A', `(i32.add ${get('A')} (i32.mul ${get('mc')} ${i32(a.row)}))`)}
          ${set('C', `(i32.add ${get('C')} (i32.mul ${get('mc')} ${i32(cRow)}))`)}
          ${set('rows', `(i32.sub ${get('rows')} ${get('mc')})`)}
          (br $rowBlocks)))`,
    });
  }

  function scratchBytes(): string {
    return func({
      name: 'scratchBytes',
      exported: true,
      params: { nthreads: 'i32', ...dimParams },
      result: 'i32',
      body: `(i32.add ${i32(syncBytes)} (i32.mul ${get('nthreads')} ${i32(ownBytes)}))`,
    });
  }

  function run(): string {
    const [extent, unit] = p.split === 'M' ? [M, MR] : [N, NR];
    const units = Math.ceil(extent / unit);
    const start = (tid: string) =>
      `(call $least ${i32(extent)} (i32.mul (i32.div_u (i32.mul ${i32(units)} ${tid}) ${get('nthreads')}) ${i32(unit)}))`;
    const rowsOwn = p.split === 'M';
    const lastBlock = Math.max(1, Math.ceil(K / Math.max(1, kc))) - 1;
    const callBlock = (depth: number, first: boolean) => `
      (call $block${depth} ${get('a')} ${get('b')} ${get('c')} ${get('rows')} ${get('nc')} ${get('own')}
        (i32.add ${get('own')} ${i32(first ? pair.first : pair.later)}) ${first ? `(f32.eq ${get('beta')} (f32.const 0))` : i32(0)})
      ${advance('a', depth * a.col)}
      ${advance('b', depth * b.row)}`;
    return [
      func({
        name: 'least',
        params: { x: 'i32', y: 'i32' },
        result: 'i32',
        body: `(select ${get('x')} ${get('y')} (i32.lt_u ${get('x')} ${get('y')}))`,
      }),
      func({
        name: 'run',
        exported: true,
        params: {
          ...{ tid: 'i32', nthreads: 'i32', A: 'i32', B: 'i32', C: 'i32', ...dimParams },
          ...{ alpha: 'f32', beta: 'f32', scratch: 'i32' },
        },
        locals: {
          ...{ own: 'i32', lo: 'i32', hi: 'i32', rows: 'i32', columns: 'i32', nc: 'i32' },
          ...{ a: 'i32', b: 'i32', c: 'i32', k: 'i32' },
        },
        body: `
          ${set('own', `(i32.add (i32.add ${get('scratch')} ${i32(syncBytes)}) (i32.mul ${get('tid')} ${i32(ownBytes)}))`)}
          ${set('lo', start(get('tid')))}
          ${set('hi', start(`(i32.add ${get('tid')} ${i32(1)})`))}
          ${set('rows', rowsOwn ? `(i32.sub ${get('hi')} ${get('lo')})` : i32(M))}
          ${set('columns', rowsOwn ? i32(N) : `(i32.sub ${get('hi')} ${get('lo')})`)}
          ${set('C', `(i32.add ${get('C')} (i32.mul ${get('lo')} ${i32(rowsOwn ? cRow : 4)}))`)}
          (if (i32.or (f32.eq ${get('alpha')} (f32.const 0)) ${i32(K === 0 ? 1 : 0)})
            (then (call $scale ${get('C')} ${get('rows')} ${get('columns')} ${get('beta')}) (return)))
          ${rowsOwn ? set('A', `(i32.add ${get('A')} (i32.mul ${get('lo')} ${i32(a.row)}))`) : set('B', `(i32.add ${get('B')} (i32.mul ${get('lo')} ${i32(b.col)}))`)}
          ${each(3, (n) => `(f32.store offset=${16 * n} ${get('own')} ${get('alpha')})`)}
          (f32.store offset=${pair.first + 4} ${get('own')} ${get('beta')})
          (f32.store offset=${pair.later + 4} ${get('own')} (f32.const 1))
          (f32.store offset=${pair.scratch + 4} ${get('own')} (f32.const 0))
          (memory.fill (i32.add ${get('own')} ${i32(zerosAt)}) (i32.const 0) ${i32(4 * NR)})
          (block $done (loop $stretch
            (br_if $done (i32.eqz ${get('columns')}))
            ${set('nc', `(call $least ${i32(nc)} ${get('columns')})`)}
            ${set('a', get('A'))}
            ${set('b', get('B'))}
            ${set('c', get('C'))}
            ${K > 0 ? callBlock(lastBlock === 0 ? kcLast : kc, true) : ''}
            ${
              lastBlock > 1
                ? `${set('k', i32(lastBlock - 1))}
            (loop $depth ${callBlock(kc, false)}
              (br_if $depth (local.tee $k (i32.sub ${get('k')} ${i32(1)}))))`
                : ''
            }
            ${lastBlock > 0 ? callBlock(kcLast, false) : ''}
            ${set('B', `(i32.add ${get('B')} (i32.mul ${get('nc')} ${i32(b.col)}))`)}
            ${set('C', `(i32.add ${get('C')} (i32.shl ${get('nc')} (i32.const 2)))`)}
            ${set('columns', `(i32.sub ${get('columns')} ${get('nc')})`)}
            (br $stretch)))`,
      }),
    ].join('\n');
  }
}

const roundUp = (n: number, unit: number): number => Math.ceil(n / unit) * unit;
