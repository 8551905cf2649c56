/**
 * One block of a gemm as WebAssembly text: $rows rows and $columns columns of C (up to NC) receive one depth of k.
 *
 *   Bp = op(B)[depth, columns] in panels of NR columns, or op(B) as it lies
 *   order N   for each MC rows: Ap = op(A)[MC, depth]; for each panel of Bp: for each MR rows of Ap: one tile
 *   order M   for each MR rows: Ap = op(A)[MR, depth]; for each panel of Bp: one tile
 */
import { pack } from './gemmpack.ts';
import { headerAt, type Plan } from './gemmplan.ts';
import { tile, tileParams } from './gemmtile.ts';
import { add, advance, func, get, i32, move, set, words } from './wat.ts';

const own = (offset: number) => add(get('own'), i32(offset));
const tileArgs = Object.keys(tileParams).map(get).join(' ');

/** `block<depth>` and all that it calls. `$h`: the pair of alpha and beta; `$zero`: whether C is not to be read. */
export function block(plan: Plan, depth: number): string {
  const { NR, a, b, cRow, packA, packB, tail, wide, packsItself } = plan;
  const packsFirst = packB && wide && !packsItself;
  const params = ['A', 'B', 'C', 'rows', 'columns', 'own', 'h', 'zero'];
  const locals = ['Ap', 'Bp', 'BpTail', 'a', 'b', 'c', 's', 'sRow', 'mc', 'mr', 'left', 'panels', 'source'];
  const body = `
    ${set('Ap', own(plan.apAt))}
    ${set('Bp', own(plan.bpAt))}
    ${set('panels', `(i32.div_u ${get('columns')} ${i32(NR)})`)}
    ${set('b', get('B'))}
    ${set('BpTail', get('Bp'))}
    ${
      packsFirst
        ? `${set('left', get('panels'))}
    (if ${get('left')} (then (loop $pack
      (call $packB${depth} ${get('b')} ${get('BpTail')})
      ${advance('b', NR * b.col)}
      ${advance('BpTail', 4 * NR * depth)}
      (br_if $pack (local.tee $left (i32.sub ${get('left')} ${i32(1)}))))))`
        : move('b', get('panels'), NR * b.col) + (packB ? move('BpTail', get('panels'), 4 * NR * depth) : '')
    }
    ${ifTail(plan, `(call $packLast${depth} ${get('b')} ${get('BpTail')})`)}
    ${plan.rowsOutside ? rowsOutside(plan, depth) : columnsOutside(plan, depth)}`;

  const columns = { depth, line: b.col, step: b.row };
  const rows = (mr: number) => ({ lanes: mr, depth, line: a.row, step: a.col, row: 4 * mr });
  return [
    ...(packsFirst ? [pack({ name: `packB${depth}`, lanes: NR, row: 4 * NR, ...columns })] : []),
    ...(tail ? [pack({ name: `packLast${depth}`, lanes: tail, row: 4 * plan.tailWidth, ...columns })] : []),
    ...(packA ? plan.heights.map((mr) => pack({ name: `packA${depth}x${mr}`, ...rows(mr) })) : []),
    ...tiles(plan, depth),
    ...(tail ? [lastColumn(plan, depth)] : []),
    ...(plan.rowsOutside || !wide ? [] : [column(plan, depth)]),
    ...(packA && !plan.rowsOutside ? [packRows(plan, depth)] : []),
    func({ name: `block${depth}`, params: words(...params), locals: words(...locals), body }),
  ].join('\n');

  function ifTail({ tail, NR }: Plan, then: string): string {
    return tail ? `(if (i32.rem_u ${get('columns')} ${i32(NR)}) (then ${then}))` : '';
  }

  function columnsOutside({ mc }: Plan, depth: number): string {
    const start = `
      (select ${own(headerAt.zeros)} ${get('c')} ${get('zero')})
      (select ${i32(0)} ${i32(cRow)} ${get('zero')})`;
    const source = packsItself ? get('source') : '';
    const nextSource = packsItself ? `(if ${source} (then ${advance('source', NR * b.col)}))` : '';
    const A = packA ? get('Ap') : get('A');
    return `${packsItself ? set('source', get('B')) : ''}
    (block $done (loop $blocks
      (br_if $done (i32.eqz ${get('rows')}))
      ${set('mc', `(select ${i32(mc)} ${get('rows')} (i32.gt_u ${get('rows')} ${i32(mc)}))`)}
      ${packA ? `(call $packRows${depth} ${get('A')} ${get('Ap')} ${get('mc')})` : ''}
      ${set('b', packB ? get('Bp') : get('B'))}
      ${set('c', get('C'))}
      ${eachPanel(
        plan,
        depth,
        `(call $column${depth} ${A} ${get('b')} ${get('c')} ${start} ${get('h')} ${get('mc')} ${source}) ${nextSource}`,
      )}
      ${packsItself ? set('source', i32(0)) : ''}
      ${ifTail(plan, `(call $last${depth} ${A} ${get('BpTail')} ${get('c')} ${get('h')} ${get('own')} ${get('mc')})`)}
      ${move('A', get('mc'), a.row)}
      ${move('C', get('mc'), cRow)}
      ${set('rows', `(i32.sub ${get('rows')} ${get('mc')})`)}
      (br $blocks)))`;
  }

  function rowsOutside(plan: Plan, depth: number): string {
    const start = `
      ${set('s', `(select ${own(headerAt.zeros)} ${get('c')} ${get('zero')})`)}`;
    return `
      ${set('sRow', `(select ${i32(0)} ${i32(cRow)} ${get('zero')})`)}
      ${down(
        plan.MR,
        `
        ${packA ? dispatch(plan.heights, (mr) => `(call $packA${depth}x${mr} ${get('A')} ${get('Ap')})`) : ''}
        ${set('a', packA ? get('Ap') : get('A'))}
        ${set('b', packB ? get('Bp') : get('B'))}
        ${set('c', get('C'))}
        ${dispatch(plan.heights, (mr) => eachPanel(plan, depth, `${start} (call $tile${depth}x${mr} ${tileArgs})`, mr))}
        ${ifTail(plan, `(call $last${depth} ${get('a')} ${get('BpTail')} ${get('c')} ${get('h')} ${get('own')} ${get('mr')})`)}
        ${move('A', get('mr'), a.row)}
        ${move('C', get('mr'), cRow)}`,
      )}`;
  }
}

/** `body` for each panel of full width, `$b` and `$c` moving along. */
function eachPanel(plan: Plan, depth: number, body: string, label = 0): string {
  if (!plan.wide) return '';
  return `
    ${set('left', get('panels'))}
    (if ${get('left')} (then (loop $panels${label}
      ${body}
      ${advance('b', plan.nextPanel(depth))}
      ${advance('c', 4 * plan.NR)}
      (br_if $panels${label} (local.tee $left (i32.sub ${get('left')} ${i32(1)}))))))`;
}

/** `call(mr)` for the one height that $mr is. */
function dispatch(heights: readonly number[], call: (mr: number) => string): string {
  return heights.reduceRight((otherwise, mr) => {
    if (otherwise === '') return call(mr);
    return `(if (i32.eq ${get('mr')} ${i32(mr)}) (then ${call(mr)}) (else ${otherwise}))`;
  }, '');
}

/**
 * `body` for $mr rows at a time until $rows are done: MR while many are left, the last ones in parts as even as can be. A
 * tile of few rows has too few sums to keep the multiply-add units busy.
 */
function down(MR: number, body: string): string {
  const parts = `(i32.div_u (i32.add ${get('rows')} ${i32(MR - 1)}) ${i32(MR)})`;
  return `
    (block $end (loop $walk
      (br_if $end (i32.eqz ${get('rows')}))
      (if (i32.ge_u ${get('rows')} ${i32(3 * MR)})
        (then ${set('mr', i32(MR))})
        (else
          ${set('mr', parts)}
          ${set('mr', `(i32.div_u (i32.sub ${add(get('rows'), get('mr'))} ${i32(1)}) ${get('mr')})`)}))
      ${body}
      ${set('rows', `(i32.sub ${get('rows')} ${get('mr')})`)}
      (br $walk)))`;
}

/** Tiles of each height: of full width into C, of the tail's into scratch. */
function tiles(plan: Plan, kc: number): string[] {
  const { MR, NR, a, b, cRow, packA, packB, packsItself, unroll } = plan;
  const common = (mr: number) => ({ mr, kc, unroll, aStep: packA ? { row: 4, col: 4 * mr } : a });
  const wide = { width: NR / 4, bRow: packB ? 4 * NR : b.row, cRow };
  const last = { width: plan.tailWidth / 4, bRow: 4 * plan.tailWidth, cRow: 4 * NR };
  return [
    ...(packsItself ? [tile({ name: `packing${kc}`, ...wide, bRow: b.row, ...common(MR), packs: true })] : []),
    ...(plan.wide ? plan.heights.map((mr) => tile({ name: `tile${kc}x${mr}`, ...wide, ...common(mr) })) : []),
    ...(plan.tail ? plan.tailHeights.map((mr) => tile({ name: `last${kc}x${mr}`, ...last, ...common(mr) })) : []),
  ];
}

/** Bytes from a block of $mr rows of op(A), packed or not, to the next. */
const nextA = ({ packA, a }: Plan, depth: number) => move('a', get('mr'), packA ? 4 * depth : a.row);

/** One panel of B against $rows rows; if it is not packed yet, it lies at `$source`, and the first tile packs it. */
function column(plan: Plan, depth: number): string {
  const compute = dispatch(plan.heights, (mr) => `(call $tile${depth}x${mr} ${tileArgs})`);
  const packing = `(call $packing${depth} ${tileArgs.replace(get('b'), get('source'))} ${get('b')})`;
  return func({
    name: `column${depth}`,
    params: { ...tileParams, rows: 'i32', ...(plan.packsItself && { source: 'i32' }) },
    locals: { mr: 'i32' },
    body: down(
      plan.MR,
      `
      ${plan.packsItself ? `(if ${get('source')} (then ${packing} ${set('source', i32(0))}) (else ${compute}))` : compute}
      ${nextA(plan, depth)}
      ${move('c', get('mr'), plan.cRow)}
      ${set('s', add(get('s'), `(i32.mul ${get('mr')} ${get('sRow')})`))}`,
    ),
  });
}

/** The ragged last panel against $rows rows: into the tile of scratch, and from there to the columns that exist. */
function lastColumn(plan: Plan, depth: number): string {
  const args = `${get('a')} ${get('b')} ${own(plan.tileAt)} ${own(headerAt.zeros)} ${i32(0)} ${own(headerAt.scratch)}`;
  return func({
    name: `last${depth}`,
    params: { a: 'i32', b: 'i32', c: 'i32', h: 'i32', own: 'i32', rows: 'i32' },
    locals: { mr: 'i32' },
    body: down(
      plan.tailMR,
      `
      ${dispatch(plan.tailHeights, (mr) => `(call $last${depth}x${mr} ${args})`)}
      (call $merge ${own(plan.tileAt)} ${get('c')} ${get('mr')} (f32.load offset=4 ${get('h')}))
      ${nextA(plan, depth)}
      ${move('c', get('mr'), plan.cRow)}`,
    ),
  });
}

/** Panels of $rows rows of op(A), one after the other. */
function packRows(plan: Plan, depth: number): string {
  return func({
    name: `packRows${depth}`,
    params: { from: 'i32', to: 'i32', rows: 'i32' },
    locals: { mr: 'i32' },
    body: down(
      plan.MR,
      `
      ${dispatch(plan.heights, (mr) => `(call $packA${depth}x${mr} ${get('from')} ${get('to')})`)}
      ${move('from', get('mr'), plan.a.row)}
      ${move('to', get('mr'), 4 * depth)}`,
    ),
  });
}
