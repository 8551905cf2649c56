/**
 * C = alpha * op(A) * op(B) + beta * C as a WebAssembly module for one shape and one choice of parameters: each thread takes
 * its share of the rows or of the columns; for each NC of its columns, for each KC of the depth, one block.
 *
 * Numerics one order of sums for each element, whatever the number of threads. beta = 0 does not read C, alpha = 0 reads
 *          neither A nor B.
 * Needs    scratch of each thread's own: a header, one tile, its panels. No barrier: what one thread writes, no other reads.
 * Source   Goto and van de Geijn 2008; Van Zee and van de Geijn 2015, BLIS.
 */
import { block } from './gemmblock.ts';
import { merge, scale } from './gemmedge.ts';
import { type Blocking, dimNames, headerAt, type Plan, planOf, type Shape, syncBytes } from './gemmplan.ts';
import { add, advance, func, get, i32, module, move, set, words } from './wat.ts';

const least = (x: string, y: string) => `(call $least ${x} ${y})`;

export function gemmModule(shape: Shape, parameters: Blocking): string {
  const plan = planOf(shape, parameters);
  return module(
    ...pieces(plan),
    runs(
      plan,
      `${header(plan)}
      (call $part ${share(plan)} ${['own', 'alpha', 'beta'].map(get).join(' ')})`,
    ),
  );
}

/** All functions but `run`: `part` does a thread's share, by blocks. */
export function pieces(plan: Plan): string[] {
  return [
    ...plan.depths.map((depth) => block(plan, depth)),
    merge(plan.tail, plan.cRow, 4 * plan.NR),
    scale(plan.cRow),
    func({
      name: 'least',
      params: words('x', 'y'),
      result: 'i32',
      body: `(select ${get('x')} ${get('y')} (i32.lt_u ${get('x')} ${get('y')}))`,
    }),
    func({
      name: 'scratchBytes',
      exported: true,
      params: words('nthreads', ...dimNames),
      result: 'i32',
      body: add(i32(syncBytes), `(i32.mul ${get('nthreads')} ${i32(plan.ownBytes)})`),
    }),
    func({
      name: 'part',
      params: { ...words('A', 'B', 'C', 'rows', 'columns', 'own'), alpha: 'f32', beta: 'f32' },
      locals: words('nc', 'a', 'b', 'k'),
      body: part(plan),
    }),
  ];
}

/** The function that the harness calls; `body` finds a thread's share of the rows or columns in `$lo` to `$hi`, its scratch at `$own`. */
export function runs(plan: Plan, body: string): string {
  const { M, N, NR, splitRows } = plan;
  const [extent, unit] = splitRows ? [M, 1] : [N, NR];
  const units = Math.ceil(extent / unit);
  const start = (tid: string) =>
    least(i32(extent), `(i32.mul (i32.div_u (i32.mul ${i32(units)} ${tid}) ${get('nthreads')}) ${i32(unit)})`);
  return func({
    name: 'run',
    exported: true,
    params: { ...words('tid', 'nthreads', 'A', 'B', 'C', ...dimNames), alpha: 'f32', beta: 'f32', scratch: 'i32' },
    locals: words('own', 'lo', 'hi'),
    body: `
      ${set('own', add(add(get('scratch'), i32(syncBytes)), `(i32.mul ${get('tid')} ${i32(plan.ownBytes)})`))}
      ${set('lo', start(get('tid')))}
      ${set('hi', start(add(get('tid'), i32(1))))}
      ${body}`,
  });
}

/** Arguments of `part` for a thread's share: A, B, C, rows, columns. */
export function share({ M, N, a, b, cRow, splitRows }: Plan, rows?: string): string {
  const mine = `(i32.sub ${get('hi')} ${get('lo')})`;
  const from = (name: string, bytes: number) => add(get(name), `(i32.mul ${get('lo')} ${i32(bytes)})`);
  return splitRows
    ? `${from('A', a.row)} ${get('B')} ${from('C', cRow)} ${rows ?? mine} ${i32(N)}`
    : `${get('A')} ${from('B', b.col)} ${from('C', 4)} ${rows ?? i32(M)} ${mine}`;
}

/** What tiles find at the start of a thread's scratch. */
export function header({ NR }: Plan): string {
  const triple = (at: number, beta: string, plain: string) => `
    (f32.store offset=${at} ${get('own')} ${get('alpha')})
    (f32.store offset=${at + 4} ${get('own')} ${beta})
    (i32.store offset=${at + 8} ${get('own')} ${plain})`;
  const alphaOne = `(f32.eq ${get('alpha')} (f32.const 1))`;
  return `
    ${triple(headerAt.first, get('beta'), `(i32.and ${alphaOne} (f32.eq ${get('beta')} (f32.const 0)))`)}
    ${triple(headerAt.later, '(f32.const 1)', i32(0))}
    ${triple(headerAt.scratch, '(f32.const 0)', alphaOne)}
    (memory.fill ${add(get('own'), i32(headerAt.zeros))} ${i32(0)} ${i32(4 * NR)})`;
}

/** $rows rows and $columns columns of C: for each NC of the columns, for each KC of the depth, one block. */
function part({ K, a, b, kc, kcLast, full, nc }: Plan): string {
  const zero = `(f32.eq ${get('beta')} (f32.const 0))`;
  const call = (depth: number, at: number) => `
    (call $block${depth} ${get('a')} ${get('b')} ${get('C')} ${get('rows')} ${get('nc')} ${get('own')}
      ${add(get('own'), i32(at))} ${at === headerAt.first ? zero : i32(0)})
    ${advance('a', depth * a.col)}
    ${advance('b', depth * b.row)}`;
  const more = `
    ${set('k', i32(full - 1))}
    (loop $deeper
      ${call(kc, headerAt.later)}
      (br_if $deeper (local.tee $k (i32.sub ${get('k')} ${i32(1)}))))`;
  return `
    (if (i32.or (f32.eq ${get('alpha')} (f32.const 0)) ${i32(K === 0 ? 1 : 0)})
      (then (call $scale ${['C', 'rows', 'columns', 'beta'].map(get).join(' ')}) (return)))
    (block $done (loop $stretch
      (br_if $done (i32.eqz ${get('columns')}))
      ${set('nc', least(i32(nc), get('columns')))}
      ${set('a', get('A'))}
      ${set('b', get('B'))}
      ${K === 0 ? '' : call(full > 0 ? kc : kcLast, headerAt.first)}
      ${full > 1 ? more : ''}
      ${full > 0 ? call(kcLast, headerAt.later) : ''}
      ${move('B', get('nc'), b.col)}
      ${move('C', get('nc'), 4)}
      ${set('columns', `(i32.sub ${get('columns')} ${get('nc')})`)}
      (br $stretch)))`;
}
