/** What `nfold list OP` and docs/ops.md say of `run`: derived from the contract, and what the tool itself takes. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { opsPage, opsText } from '../bench/ops.ts';
import { build } from '../src/build/build.ts';
import { type CandidateFile, identify } from '../src/catalog/candidates.ts';
import { loadOp, opNames } from '../src/catalog/ops.ts';
import { signatureOf } from '../src/catalog/signatures.ts';
import { stopCompiler } from '../src/compiler/compile.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-test-'));
afterAll(() => {
  stopCompiler();
  rmSync(folder, { recursive: true });
});

test('docs/ops.md is what `npm run ops` writes', async () => {
  expect(readFileSync(opsPage, 'utf8')).toBe(await opsText());
});

test.each(opNames())('%s: the printed extents are those of its tensors', async (name) => {
  const op = await loadOp(name);
  for (const { dims } of [...op.cases, ...op.edges]) {
    for (const { name, shape } of signatureOf(op).tensors) {
      if (shape[0] === 'sum of its parts') continue;
      const extents = new Function(...Object.keys(dims), `return [${shape.join(', ')}];`)(...Object.values(dims));
      expect(extents).toEqual(op.tensors[name].shape(dims));
    }
  }
});

test.each(opNames())('%s: the TypeScript stub takes what the op has', async (name) => {
  const op = await loadOp(name);
  const { setup } = new Function(`return { ${signatureOf(op).typescript} };`)();
  expect(setup({}, {})({}, {})).toBeUndefined();
});

const memory = '(import "env" "memory" (memory 1 65536 shared))';
test.each([
  ['C', 'c', (c: string) => `// @about a stub\n${c}\n`, 'c'],
  ['AssemblyScript', 'as.ts', (as: string) => `/** @about a stub */\n${as}\n`, 'assemblyscript'],
  ['WAT', 'wat', (wat: string) => `;; @about a stub\n(module ${memory}\n${wat})\n`, 'wat'],
] as const)(
  'the %s stub compiles to a module of the parameters that a cell passes',
  async (_, kind, whole, language) => {
    const op = await loadOp('sgemm');
    const file = join(folder, 'sgemm', `stub.${kind}`);
    mkdirSync(join(folder, 'sgemm'), { recursive: true });
    writeFileSync(file, whole(signatureOf(op)[language]));
    const built = await build(identify(file, ['sgemm']) as CandidateFile);
    const artifact = await built.artifact(op.cases[0].dims);
    const bytes = artifact.kind === 'wasm' ? new Uint8Array(artifact.bytes) : new Uint8Array();
    const shared = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true });
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory: shared } });
    const [pointers, dims, scalars] = [Object.keys(op.tensors), op.dims, op.scalars].map(({ length }) => length);
    expect((exports.run as () => void).length).toBe(2 + pointers + dims + scalars + 1);
    expect((exports.scratchBytes as () => number).length).toBe(1 + dims);
    expect((exports.scratchBytes as () => number)()).toBe(0);
  },
);
