/** Writes docs/ops.md, the contracts of all ops on one page, from baselines/<op>/op.ts: `npm run ops`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadOp, opFile, opNames } from '../src/catalog/ops.ts';
import { signatureOf } from '../src/catalog/signatures.ts';
import { type AnyOp, lengthOf, type TensorSpec } from '../src/contract/op.ts';
import { packageRoot } from '../src/files/places.ts';
import { writeWhole } from '../src/files/write.ts';

export const opsPage = join(packageRoot, 'docs/ops.md');

const introduction = `# The ops

\`npm run ops\` writes this page from \`baselines/<op>/op.ts\`. \`nfold list OP\` prints the same signature, \`--json\` has it as data.

A WebAssembly candidate (C, AssemblyScript, WAT) exports \`run\`, and if it needs memory of its own, \`scratchBytes\`. It imports nothing but
its memory, \`(import "env" "memory" (memory 1 65536 shared))\`. A TypeScript candidate has \`setup\`, which gets the dims and returns the timed call.

- **Pointers** are byte addresses in that memory, aligned to 64 bytes. Elements are f32 or i32, row-major, outermost dim first, without gaps
  beyond those in the shape. TypeScript gets a \`Float32Array\` or an \`Int32Array\` for each.
- **Roles**: \`in\` has to come back bit-identical. \`out\` holds NaN before each call, and the call writes all of it. \`inout\` is read and
  overwritten; where the op adds to it, what it held counts.
- **Dims** are i32; a dim may be 0, and a tensor without elements still has an address. **Scalars** are f32.
- **tid** counts the threads of a call from 0 up to \`nthreads\` - 1. Every thread calls \`run\` with the same other arguments. Without
  \`@threads any\` there is one thread.
- **scratch** points to \`scratchBytes(nthreads, ...dims)\` bytes, at least 256. The first 256 are zero before each call, for barriers and
  counters; the others hold anything. In TypeScript, \`arena.f32(length)\` and \`arena.i32(length)\` give scratch memory, in \`setup\` only.

The text below each name is the head of its \`op.ts\`: the formula, then shapes, numerics, the bound on the error of each element, and the work.
`;

/** The page as it should be. */
export async function opsText(): Promise<string> {
  const ops = await Promise.all(opNames().map(loadOp));
  return [introduction, ...ops.map(section)].join('\n');
}

function section(op: AnyOp): string {
  const { tensors, c, assemblyscript, wat, typescript } = signatureOf(op);
  const names = (list: readonly string[]) => list.map((name) => `\`${name}\``).join(' ');
  const [usual, extra] = [false, true].map((extra) =>
    op.cases.filter((one) => (one.extra ?? false) === extra).map(op.caseName),
  );
  return `## ${op.name}

\`\`\`text
${headComment(op.name)}
\`\`\`

| tensor | type | role | shape |
|---|---|---|---|
${tensors.map(({ name, dtype, role, shape }) => `| \`${name}\` | ${dtype} | ${role} | (${shape.join(', ')}) |`).join('\n')}
${flat(op)}
Timed cases: ${names(usual)}${extra.length > 0 ? `, with \`--thorough\` also ${names(extra)}` : ''}.
Edges, verified only: ${names([...new Set(op.edges.map(op.caseName))])}. Inputs are drawn as ${names(op.distributions)}.

\`\`\`c
${c}
\`\`\`

\`\`\`ts
// AssemblyScript
${assemblyscript}
\`\`\`

\`\`\`wat
${wat}
\`\`\`

\`\`\`ts
// TypeScript
${typescript}
\`\`\`
`;
}

/** The parts of flat tensors in their order, with the elements that each has in the first case. */
function flat(op: AnyOp): string {
  const [first] = op.cases;
  const flats = Object.entries<TensorSpec>(op.tensors).flatMap(([name, spec]) => {
    const parts = op.parts?.(name, first.dims) ?? [];
    const total = parts.reduce((sum, { length }) => sum + length, 0);
    return parts.length > 1 && total === lengthOf(spec, first.dims) ? name : [];
  });
  if (flats.length === 0) return '';
  const parts = op.parts!(flats[0], first.dims).map(({ name, length }) => `\`${name}\` ${length}`);
  return `
${flats.map((name) => `\`${name}\``).join(', ')} hold these parts, one after the other, with this number of elements each in case \`${op.caseName(first)}\`:
${parts.join(', ')}.
`;
}

function headComment(op: string): string {
  const [, text = ''] = /^\/\*\*\n(.*?)\n \*\//s.exec(readFileSync(opFile(op), 'utf8')) ?? [];
  return text.replaceAll(/^ \* ?/gm, '');
}

if (import.meta.main) writeWhole(opsPage, await opsText());
