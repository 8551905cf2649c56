/** The example project of docs/library.md, as its user runs it: it does what the page says, and prints what the page shows. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { verify, workspaceAt } from 'nfold';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packageRoot } from '../../src/files/places.ts';

const run = promisify(execFile);
const folder = join(mkdtempSync(join(tmpdir(), 'nfold-example-')), 'example');
const page = readFileSync(join(packageRoot, 'docs/library.md'), 'utf8');
/** Where the package can be imported, it is: packed, and unpacked where npm would. Otherwise `nfold` is this checkout. */
const isPackage = 'exports' in JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));
const support = (file: string) => join(packageRoot, 'test/support', file);

beforeAll(async () => {
  const modules = join(folder, 'node_modules');
  cpSync(join(packageRoot, 'docs/example'), folder, { recursive: true });
  mkdirSync(modules);
  for (const name of readdirSync(join(packageRoot, 'node_modules')))
    if (name !== 'nfold') symlinkSync(join(packageRoot, 'node_modules', name), join(modules, name));
  if (!isPackage) return;
  await run('npm', ['pack', '--pack-destination', folder], { cwd: packageRoot });
  const [tarball] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  await run('tar', ['-xzf', join(folder, tarball)], { cwd: modules });
  await run('mv', ['package', 'nfold'], { cwd: modules });
});
afterAll(() => rmSync(join(folder, '..'), { recursive: true }));

const node = (args: readonly string[]) =>
  run(process.execPath, args, { cwd: folder, env: { ...process.env, NO_COLOR: '1', NODE_OPTIONS: '' } });
const script = (file: string) => node([...(isPackage ? [] : ['--import', support('own-names.ts')]), file]);

/** Numbers are those of one run. */
const withoutNumbers = (text: string) => text.replaceAll(/\d+(\.\d+)?/g, '#');

test('two kernels are benched, and their records compared', async () => {
  const { stdout, stderr } = await script('bench-two.ts');
  expect(withoutNumbers(page)).toContain(withoutNumbers(stdout));
  expect(stderr).toMatch(/^verifying 2 candidates\nwarming up\nround 1 of 3$/m);
  const records = join(folder, '.nfold/records');
  const [file] = readdirSync(records);
  const record = JSON.parse(readFileSync(join(records, file), 'utf8'));
  const id = record.id.replace(/^\d{8}/, '20250101');
  writeFileSync(join(records, `${id}.json`), JSON.stringify({ ...record, id }));
  const { stdout: changed } = await script('what-changed.ts');
  expect(changed).toMatch(
    /^sgemm\/tile2x2-ts: 1\.00 times the speedup of before, \w+\nsgemm\/rows-wasmsimd: 1\.00 times .*\n$/,
  );
});

test('its own tests pass', async () => {
  const config = isPackage ? [] : ['--config', support('example.vitest.ts')];
  const { stdout } = await node(['node_modules/vitest/vitest.mjs', 'run', ...config, '--root', '.']);
  expect(stdout).toMatch(/3 passed/);
});

test('the wrong kernel is wrong in the words of the page', async () => {
  const settings = { workspace: workspaceAt(folder), effort: 'quick', seed: 1 } as const;
  const { results } = await verify(['wrong/sgemm/forgets-c-ts.ts'], settings);
  expect(page).toContain(`"message": "${results[0].message}"`);
});

test.runIf(isPackage)('it has no type error', async () => {
  await node(['node_modules/typescript/bin/tsc']);
});
