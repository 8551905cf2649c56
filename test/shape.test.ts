/** What `npm run check` says of trees with one flaw each. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { violations } from './shape.ts';

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true });
});

const page = `
src/low/      text
src/high/     text
src/wing/ src/other/    text

The budget: at most 1,000 lines of code in \`src/\`, and at most 30 lines in a file.
`;

async function said(files: Record<string, string>, safe = ['src/low/*']): Promise<string[]> {
  const root = mkdtempSync(join(tmpdir(), 'nfold-test-'));
  made.push(root);
  const all = { 'CONTRIBUTING.md': page, 'src/low/pure.ts': 'export const one = 1;\n', ...files };
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return violations(root, safe);
}

const below = "import { one } from '../low/pure.ts';\n";

test('imports that go down, from src/ itself too, and out of src/ are fine', async () => {
  const cli = "import { a } from './high/a.ts';\nimport { x } from '../bench/x.ts';\nawait import('./wing/w.ts');\n";
  const text = "export const path = '../wing/w.ts';\n";
  expect(
    await said({ 'src/high/a.ts': below, 'src/wing/w.ts': below, 'src/cli.ts': cli, 'src/low/text.ts': text }),
  ).toEqual([]);
});

test.each([
  ['a type import', "import type { A } from '../high/a.ts';\n"],
  ['an import of many lines', "import {\n  a,\n  b,\n} from '../high/a.ts';\n"],
  ['an export', "export * from '../high/a.ts';\n"],
  ['a dynamic import', "const later = () => import('../high/a.ts');\n"],
])('%s that goes up is named with both files', async (_what, text) => {
  const found = await said({ 'src/high/a.ts': 'export {};\n', 'src/low/b.ts': text });
  expect(found).toEqual(['src/low/b.ts imports src/high/a.ts, whose folder is not below its own in CONTRIBUTING.md.']);
});

test('a wing that imports another, and a folder that the map leaves out', async () => {
  expect(await said({ 'src/wing/w.ts': "import '../other/o.ts';\n", 'src/other/o.ts': 'export {};\n' })).toEqual([
    'src/wing/w.ts imports src/other/o.ts, whose folder is not below its own in CONTRIBUTING.md.',
  ]);
  expect(await said({ 'src/new/n.ts': 'export {};\n' })).toEqual([
    'src/new/ is missing in the folder map of CONTRIBUTING.md.',
  ]);
});

test('circles of files and of folders', async () => {
  const two = { 'src/low/a.ts': "import type { B } from './b.ts';\n", 'src/low/b.ts': "import './a.ts';\n" };
  expect(await said(two)).toEqual(['The files src/low/a.ts -> src/low/b.ts -> src/low/a.ts form a circle.']);
  const folders = { 'src/low/b.ts': "import '../high/a.ts';\n", 'src/high/a.ts': below };
  expect(await said(folders)).toContain('The folders high -> low -> high form a circle.');
});

test('Node where a browser should do: by a value import from afar, a global, a package that it cannot have', async () => {
  const files = {
    'src/low/pure.ts':
      "import { far } from './far.ts';\nimport type { T } from './types.ts';\nexport const one = far;\n",
    'src/low/types.ts': "import { cpus } from 'node:os';\nexport type T = typeof cpus;\n",
    'src/low/far.ts': "import 'no-such-package';\nexport const far = process.pid;\n",
    'src/low/own.ts': 'export const now = (process: { pid: number }) => process.pid;\n',
  };
  expect(await said(files, ['src/low/pure.ts', 'src/low/own.ts'])).toEqual([
    'src/low/pure.ts -> src/low/far.ts should run in a browser and needs no-such-package, process.',
  ]);
  expect(await said(files, ['src/low/types.ts'])).toEqual([
    'src/low/types.ts should run in a browser and needs node:os.',
  ]);
});

test('too many lines, in a file and together', async () => {
  const long = Object.fromEntries(Array.from({ length: 34 }, (_, i) => [`src/low/${i}.ts`, 'x;\n'.repeat(30)]));
  const commented = Object.fromEntries(
    Object.keys(long).map((name) => [name, `/** Not\n * counted. */\n\n// Nor this.\n${'x;\n'.repeat(26)}`]),
  );
  expect(await said(long)).toEqual(['src/ has 1021 lines of code, 21 more than the budget in CONTRIBUTING.md.']);
  expect(await said(commented)).toEqual([]);
  expect(await said({ 'src/low/a.ts': '\n'.repeat(31) })).toEqual([
    'src/low/a.ts has 31 lines, more than the 30 of CONTRIBUTING.md.',
  ]);
});
