/** The example project of docs/library.md, beside the packed nfold as npm installs it: it does what the page says, and prints what it shows. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { verify, workspaceAt } from 'nfold';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packageRoot } from '../../src/files/places.ts';
import { packed } from '../support/installation.ts';
import { knowCeilings } from '../support/prepared.ts';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'nfold-example-'));
const example = join(folder, 'example');
const page = readFileSync(join(packageRoot, 'docs/library.md'), 'utf8');
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(async () => {
  const installed = join(packageRoot, 'node_modules');
  const modules = join(example, 'node_modules');
  cpSync(join(packageRoot, 'docs/example'), example, { recursive: true });
  mkdirSync(modules);
  knowCeilings(example);
  for (const name of readdirSync(installed)) symlinkSync(join(installed, name), join(modules, name));
  const { tarball } = await packed();
  mkdirSync(join(modules, 'nfold'));
  await run('tar', ['-xzf', tarball, '--strip-components=1', '-C', join(modules, 'nfold')]);
}, 600_000);

const node = (...args: readonly string[]) =>
  run(process.execPath, args, { cwd: example, env: { ...process.env, NO_COLOR: '1', NODE_OPTIONS: '' } });

/** Numbers are those of one run. */
const withoutNumbers = (text: string) => text.replaceAll(/\d+(\.\d+)?/g, '#');

test('two kernels are benched, and their records compared', async () => {
  const { stdout, stderr } = await node('bench-two.ts');
  // On a busy machine a row says that instead of a number.
  const isDisturbed = (line: string) => /: no number, (\d+ of \d+ calls waited for a CPU|its rounds differ)/.test(line);
  const lines = stdout.trimEnd().split('\n');
  expect(lines).toHaveLength(2);
  for (const line of lines.filter((one) => !isDisturbed(one)))
    expect(withoutNumbers(page)).toContain(withoutNumbers(line));
  expect(stderr).toMatch(/^verifying 2 candidates\nwarming up\nround 1 of 3$/m);
  const records = join(example, '.nfold/records');
  const [file] = readdirSync(records);
  const record = JSON.parse(readFileSync(join(records, file), 'utf8'));
  const id = record.id.replace(/^\d{8}/, '20250101');
  writeFileSync(join(records, `${id}.json`), JSON.stringify({ ...record, id }));
  const { stdout: changed } = await node('what-changed.ts');
  expect(changed).toMatch(
    /^sgemm\/tile2x2-ts: (1\.00|\?) times the speedup of before, .+\nsgemm\/rows-wasmsimd: (1\.00|\?) times .*\n$/,
  );
});

test('its own tests pass', async () => {
  const { stdout } = await node('node_modules/vitest/vitest.mjs', 'run');
  expect(stdout).toMatch(/3 passed/);
});

test('it has no type error', async () => {
  await node('node_modules/typescript/bin/tsc');
});

test('the wrong kernel is wrong in the words of the page', async () => {
  const settings = { workspace: workspaceAt(example), effort: 'quick', seed: 1 } as const;
  const { results } = await verify(['wrong/sgemm/forgets-c-ts.ts'], settings);
  expect(page).toContain(`"message": "${results[0].message}"`);
});
