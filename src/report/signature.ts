/** An op's signature as text: its tensors as a table, and a stub for each language. */
import { signatureOf } from '../catalog/signatures.ts';
import type { AnyOp } from '../contract/op.ts';
import { pc } from './screen.ts';
import { table } from './table.ts';

/** Several lines, for a terminal. */
export function signatureText(op: AnyOp): string {
  const { tensors, c, assemblyscript, wat, typescript } = signatureOf(op);
  const rows = tensors.map(({ name, dtype, role, shape }) => [name, dtype, role, `(${shape.join(', ')})`]);
  const stubs = { C: c, AssemblyScript: assemblyscript, WAT: wat, TypeScript: typescript };
  return [
    pc.dim('run(tid, nthreads, tensor pointers, dims, scalars, scratch); scratchBytes is optional; see docs/ops.md'),
    table([{ head: 'tensor' }, { head: 'type' }, { head: 'role' }, { head: 'shape, row-major' }], rows),
    ...Object.entries(stubs).map(([language, stub]) => `${pc.dim(language)}\n${stub}`),
  ].join('\n\n');
}
