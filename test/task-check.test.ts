/** `nfold task check`: PASS or FAIL as the last line, from what counts of the folder alone. */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { packageRoot } from '../src/files/places.ts';
import { Checked } from '../src/schemas/handout.ts';
import { nfold } from './support/command.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-check-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let root = '';
beforeEach(async () => {
  root = join(mkdtempSync(join(folder, 'work-')), 'mine');
  await nfold(['task', 'export', root, '--task', 'residual_forward'], { cwd: folder });
});
const source = (kind = 'ts') => join(root, `kernels/residual_forward/attempt.${kind}`);
const check = (words: string[] = [], cwd = root) => nfold(['task', 'check', ...words, '--quick'], { cwd });
const lastLine = (text: string) => text.trim().split('\n').at(-1);

test('the starting code passes, with fresh seeds', async () => {
  const [one, two] = [await check(), await check(['--json'])];
  expect([one.code, lastLine(one.stdout)]).toEqual([0, 'PASS']);
  const data = Checked.parse(JSON.parse(two.stdout));
  expect(data).toMatchObject({ task: 'residual_forward', label: 'mine', verdict: 'pass', fault: null, ignored: [] });
  expect(data.results).toMatchObject([{ candidate: 'residual_forward/attempt', verdict: 'pass' }]);
  expect(one.stdout).not.toContain(`${data.seed}`);
});

test('a cheat fails, with the command that repeats the check, which works', async () => {
  rmSync(source());
  copyFileSync(join(packageRoot, 'test/adversaries/residual_forward/into-its-input.wat'), source('wat'));
  const { code, stdout } = await check(['mine', '--json'], dirname(root));
  const { verdict, results } = Checked.parse(JSON.parse(stdout));
  expect([code, verdict, results[0].failure?.reason]).toEqual([1, 'fail', 'input changed']);
  const replay = results[0].failure?.replay ?? '';
  expect(replay).toContain(' verify mine/kernels/residual_forward/attempt.wat --case ');
  const words = replay.slice(replay.indexOf('verify ')).split(' ');
  expect(await nfold(words, { cwd: dirname(root) })).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/the input /),
  });
});

test('a source that does not build is shown by its place in the folder', async () => {
  writeFileSync(source(), readFileSync(source(), 'utf8').replace('export default', 'export default default'));
  const { code, stdout } = await check(['mine'], dirname(root));
  expect([code, lastLine(stdout)]).toEqual([1, 'FAIL']);
  expect(stdout).toMatch(/x mine\/kernels\/residual_forward\/attempt\.ts:\d+:\d+: /);
  expect(stdout).toMatch(/\d+ \| export default default/);
});

test('stopped, it has not passed', async () => {
  const words = ['task', 'check', '--quick', '--json'];
  const { code, stdout } = await nfold(words, { cwd: root, stopAt: 'verifying' });
  expect(code).toBe(130);
  expect(Checked.parse(JSON.parse(stdout))).toMatchObject({ verdict: 'fail', interrupted: true });
});

test('without a source it fails, and says what is missing', async () => {
  rmSync(source());
  const { code, stdout } = await check();
  expect([code, lastLine(stdout)]).toEqual([1, 'FAIL']);
  expect(stdout).toContain('there is no kernels/residual_forward/attempt with one of the endings');
});

test('what is edited elsewhere in the folder helps nobody', async () => {
  writeFileSync(source(), readFileSync(source(), 'utf8').replace('] + ', '] - '));
  for (const path of ['.nfold/cache', 'baselines/residual_forward', 'node_modules/nfold'])
    mkdirSync(join(root, path), { recursive: true });
  // An op of this name in the folder would be asked for the truth, if any but nfold's own were.
  for (const part of ['op', 'oracle', 'baseline'])
    writeFileSync(join(root, `baselines/residual_forward/${part}.ts`), 'export default { truths: () => ({}) };');
  const { code, stdout } = await check();
  expect([code, lastLine(stdout)]).toEqual([1, 'FAIL']);
  expect(stdout).toContain('ignored: baselines/residual_forward/op.ts was added');
});
