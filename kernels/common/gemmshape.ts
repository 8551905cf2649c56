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
import { add, advance, func, get, i32, module, move, set } from './wat.ts';

const dims = Object.fromEntries(dimNames.map((dim) => [dim, 'i32']));
const least = (x: string, y: string) => `(call $least ${x} ${y})`;

export function gemmModule(shape: Shape, parameters: Blocking): string {
  const plan = planOf(shape, parameters);
  return module(
    ...plan.depths.map((depth) => block(plan, depth)),
    merge(plan.tail, plan.cRow, 4 * plan.NR),
    scale(plan.cRow),
    func({
      name: 'least',
      params: { x: 'i32', y: 'i32' },
      result: 'i32',
      body: `(select ${get('x')} ${get('y')} (i32.lt_u ${get('x')} ${get('y')}))`,
    }),
    func({
      name: 'scratchBytes',
      exported: true,
      params: { nthreads: 'i32', ...dims },
      result: 'i32',
      body: add(i32(syncBytes), `(i32.mul ${get('nthreads')} ${i32(plan.ownBytes)})`),
    }),
    func({
      name: 'run',
      exported: true,
      params: {
        ...{ tid: 'i32', nthreads: 'i32', A: 'i32', B: 'i32', C: 'i32', ...dims },
        ...{ alpha: 'f32', beta: 'f32', scratch: 'i32' },
      },
      locals: Object.fromEntries(
        ['own', 'lo', 'hi', 'rows', 'columns', 'nc', 'a', 'b', 'k'].map((name) => [name, 'i32']),
      ),
      body: run(plan),
    }),
  );
}

function run(plan: Plan): string {
  const { M, N, K, NR, a, b, cRow, splitRows, kc, kcLast, full } = plan;
  const [extent, unit] = splitRows ? [M, 1] : [N, NR];
  const units = Math.ceil(extent / unit);
  const start = (tid: string) =>
    least(i32(extent), `(i32.mul (i32.div_u (i32.mul ${i32(units)} ${tid}) ${get('nthreads')}) ${i32(unit)})`);
  const mine = `(i32.sub ${get('hi')} ${get('lo')})`;
  const header = (at: number, beta: string, plain: string) => `
    (f32.store offset=${at} ${get('own')} ${get('alpha')})
    (f32.store offset=${at + 4} ${get('own')} ${beta})
    (i32.store offset=${at + 8} ${get('own')} ${plain})`;
  const zero = `(f32.eq ${get('beta')} (f32.const 0))`;
  const plain = `(i32.and (f32.eq ${get('alpha')} (f32.const 1)) ${zero})`;
  const alphaOne = `(f32.eq ${get('alpha')} (f32.const 1))`;
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
    ${set('own', add(add(get('scratch'), i32(syncBytes)), `(i32.mul ${get('tid')} ${i32(plan.ownBytes)})`))}
    ${set('lo', start(get('tid')))}
    ${set('hi', start(add(get('tid'), i32(1))))}
    ${set('rows', splitRows ? mine : i32(M))}
    ${set('columns', splitRows ? i32(N) : mine)}
    ${move('C', get('lo'), splitRows ? cRow : 4)}
    ${splitRows ? move('A', get('lo'), a.row) : move('B', get('lo'), b.col)}
    (if (i32.or (f32.eq ${get('alpha')} (f32.const 0)) ${i32(K === 0 ? 1 : 0)})
      (then (call $scale ${['C', 'rows', 'columns', 'beta'].map(get).join(' ')}) (return)))
    ${header(headerAt.first, get('beta'), plain)}
    ${header(headerAt.later, '(f32.const 1)', i32(0))}
    ${header(headerAt.scratch, '(f32.const 0)', alphaOne)}
    (memory.fill ${add(get('own'), i32(headerAt.zeros))} ${i32(0)} ${i32(4 * NR)})
    (block $done (loop $stretch
      (br_if $done (i32.eqz ${get('columns')}))
      ${set('nc', least(i32(plan.nc), get('columns')))}
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
