/** What a gemm does to C besides tiles, as WebAssembly text: the ragged last columns, and beta alone. */
import { advance, each, func, get, i32, loadLanes, set, storeLanes, vectors } from './wat.ts';

/** C = t + beta * C on $mr rows of `nr` floats; the rows of the tile are `tRow` bytes apart. */
export function merge(nr: number, cRow: number, tRow: number): string {
  const parts = vectors(nr);
  const row = (value: (q: number, lanes: number) => string) =>
    each(parts.length, (q) => `${set('x', value(q, parts[q]))} ${storeLanes('c', 16 * q, parts[q], 'x')}`);
  const from = (q: number) => `(v128.load offset=${16 * q} ${get('t')})`;
  const before = (q: number, lanes: number) =>
    `(f32x4.mul (f32x4.splat ${get('beta')}) ${loadLanes('c', 16 * q, lanes)})`;
  return func({
    name: 'merge',
    params: { t: 'i32', c: 'i32', mr: 'i32', beta: 'f32' },
    locals: { x: 'v128' },
    body: `
      (loop $row
        (if (f32.eq ${get('beta')} (f32.const 0))
          (then ${row(from)})
          (else ${row((q, lanes) => `(f32x4.add ${from(q)} ${before(q, lanes)})`)}))
        ${advance('t', tRow)}
        ${advance('c', cRow)}
        (br_if $row (local.tee $mr (i32.sub ${get('mr')} ${i32(1)}))))`,
  });
}

/** C = beta * C on $rows rows of $columns floats. */
export function scale(cRow: number): string {
  return func({
    name: 'scale',
    params: { c: 'i32', rows: 'i32', columns: 'i32', beta: 'f32' },
    locals: { j: 'i32', x: 'i32' },
    body: `
      (if (i32.eqz ${get('columns')}) (then (return)))
      (block $done (loop $row
        (br_if $done (i32.eqz ${get('rows')}))
        ${set('j', get('columns'))}
        ${set('x', get('c'))}
        (loop $float
          (f32.store ${get('x')} (if (result f32) (f32.eq ${get('beta')} (f32.const 0))
            (then (f32.const 0)) (else (f32.mul ${get('beta')} (f32.load ${get('x')})))))
          ${advance('x', 4)}
          (br_if $float (local.tee $j (i32.sub ${get('j')} ${i32(1)}))))
        ${advance('c', cRow)}
        ${set('rows', `(i32.sub ${get('rows')} ${i32(1)})`)}
        (br $row)))`,
  });
}
