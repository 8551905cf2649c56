/** What stands around the tiles of a gemm, as WebAssembly text: how rows are cut, the ragged last columns, and beta alone. */
import { advance, each, func, get, i32, set } from './wat.ts';

/** How many of $rows rows the next tile takes: MR while many are left, then as even as can be. */
export function height(MR: number): string {
  const parts = `(i32.div_u (i32.add ${get('rows')} ${i32(MR - 1)}) ${i32(MR)})`;
  return func({
    name: 'height',
    params: { rows: 'i32' },
    result: 'i32',
    locals: { parts: 'i32' },
    body: `
      (if (result i32) (i32.ge_u ${get('rows')} ${i32(3 * MR)}) (then ${i32(MR)}) (else
        ${set('parts', parts)}
        (i32.div_u (i32.sub (i32.add ${get('rows')} ${get('parts')}) ${i32(1)}) ${get('parts')})))`,
  });
}

/** C = t + beta * C on $mr rows of `nr` floats; the rows of the tile are `tRow` bytes apart. */
export function merge(nr: number, cRow: number, tRow: number): string {
  const float = (j: number) => `(f32.load offset=${4 * j} ${get('t')})`;
  const plain = each(nr, (j) => `(f32.store offset=${4 * j} ${get('c')} ${float(j)})`);
  const added = each(
    nr,
    (j) =>
      `(f32.store offset=${4 * j} ${get('c')} (f32.add ${float(j)} (f32.mul ${get('beta')} (f32.load offset=${4 * j} ${get('c')}))))`,
  );
  return func({
    name: 'merge',
    params: { t: 'i32', c: 'i32', mr: 'i32', beta: 'f32' },
    body: `
      (loop $row
        (if (f32.eq ${get('beta')} (f32.const 0)) (then ${plain}) (else ${added}))
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
