/** The packed package, unpacked beside its declared dependencies alone: the text it trains on, what it can do, what it says is missing. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadOp } from '../../src/catalog/ops.ts';
import { loadText } from '../../src/catalog/text.ts';
import { packageRoot } from '../../src/files/places.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-package-'));
const unpacked = join(folder, 'package');
afterAll(() => rmSync(folder, { recursive: true }));

const { dependencies } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));

beforeAll(() => {
  execFileSync('npm', ['pack', '--pack-destination', folder], { cwd: packageRoot, stdio: 'ignore' });
  const [tarball] = readdirSync(folder);
  execFileSync('tar', ['-xzf', tarball], { cwd: folder });
  for (const name of Object.keys(dependencies)) {
    const link = join(unpacked, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(packageRoot, 'node_modules', name), link);
  }
});

const nfold = (...args: string[]) =>
  spawnSync(process.execPath, [join(unpacked, 'src/nfold.js'), ...args], { cwd: folder, encoding: 'utf8' });

test('it trains on the bytes that a checkout trains on', async () => {
  const ops = [await loadOp('train_gpt2')];
  const { loadText: installed } = await import(pathToFileURL(join(unpacked, 'src/catalog/text.ts')).href);
  expect(Buffer.compare(installed(undefined, ops).bytes, loadText(undefined, ops).bytes)).toBe(0);
  expect(readFileSync(join(unpacked, 'data/moby-dick.txt')).length).toBeGreaterThan(1_000_000);
});

test('its dependencies suffice to list everything', () => {
  const { status, stdout, stderr } = nfold('list', '--json');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({ problems: [], ops: expect.arrayContaining([expect.anything()]) });
});

test('a plot without the libraries that draw it is refused before the training, in one sentence', () => {
  expect(nfold('train', '--plot', 'curve.svg', '--steps', '1')).toMatchObject({
    status: 2,
    stderr: "nfold: --plot needs two more packages: run 'npm install @observablehq/plot linkedom'.\n",
  });
});
