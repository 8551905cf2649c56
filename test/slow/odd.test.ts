/** Whole runs among odd files, and of a file that has the name of another one. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { packageRoot } from '../../src/files/places.ts';
import { summaries } from '../../src/records/store.ts';
import { nfold } from '../support/command.ts';
import { knowCeilings } from '../support/prepared.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-odd-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('bench keeps what it measured, and what it prints can be typed and destroys nothing', async () => {
  const cwd = mkdtempSync(join(folder, 'a space-'));
  for (const name of ['.nfold/records/x.json', 'kernels/residual_forward'])
    mkdirSync(join(cwd, name), { recursive: true });
  knowCeilings(cwd);
  writeFileSync(join(cwd, '.nfold/records/20261101-000000-aaaa.json'), '');
  symlinkSync('/nowhere', join(cwd, '.nfold/records/y.json'));
  for (const name of ['mine-ts.ts', 'mine2-ts.wat']) writeFileSync(join(cwd, 'kernels/residual_forward', name), '');
  const args = ['residual_forward/unroll4-wasmsimd', '--quick', '--no-peers', '--case', 'N8192', '--threads', '1'];
  const { code, stdout, stderr } = await nfold(['bench', ...args, '--save', 'mine'], { cwd });
  expect(stderr).not.toMatch(/could not be saved/);
  expect(code).toBe(0);
  expect(summaries(join(cwd, '.nfold/records')).summaries).toMatchObject([{ name: 'mine' }]);
  const [, write] = /^ {2}(node \S+src\/nfold\.js new residual_forward\/mine3-ts)(?: |$)/m.exec(stdout) ?? [];
  execFileSync('sh', ['-c', write], { cwd });
  expect(readdirSync(join(cwd, 'kernels/residual_forward'))).toEqual(['mine-ts.ts', 'mine2-ts.wat', 'mine3-ts.ts']);
  // npx would fetch whatever has that name.
  expect(stdout).not.toContain('npx nfold');
  const [, show] = /^ {2}(node \S+src\/nfold\.js show)(?: |$)/m.exec(stdout) ?? [];
  expect(execFileSync('sh', ['-c', show], { cwd, encoding: 'utf8' })).toContain('Record: ');
}, 300_000);

test('training goes on with the very file that it began with, from another folder too', async () => {
  const name = 'fused-6x8-wasmrelaxedsimd.as.ts';
  const cwd = mkdtempSync(join(folder, 'train-'));
  for (const kernels of ['train_gpt2', 'common'])
    cpSync(join(packageRoot, 'kernels', kernels), join(cwd, kernels), { recursive: true });
  const small = ['--case', 'B1T7L1C20NH5V256', '--threads', '1', '--sample', '0', '--json'];
  const own = `./train_gpt2/${name}`;
  const begun = await nfold(['train', own, '--steps', '3', '--save', 'a.ckpt', ...small], { cwd });
  expect(begun).toMatchObject({ code: 0 });
  const [header] = readFileSync(join(cwd, 'a.ckpt'), 'latin1').split('\n');
  expect(JSON.parse(header).candidate).toBe(join(cwd, own));
  rmSync(join(cwd, own));
  const gone = await nfold(['train', '--resume', join(cwd, 'a.ckpt'), '--steps', '5'], { cwd: folder });
  expect(gone).toMatchObject({ code: 2, stderr: expect.stringMatching(/^nfold: There is no file .*train_gpt2\//m) });
}, 300_000);
