/** The folder for Harbor: its parts are there, they parse, and its scripts do what they say, in other places than those of an image. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { suites } from '../bench/suites.ts';
import { opNames } from '../src/catalog/ops.ts';
import { manifest as ofPackage, packageRoot } from '../src/files/places.ts';
import { taskNamed } from '../src/task/task.ts';
import { nfold } from './support/command.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-harbor-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const read = (...path: string[]) => readFileSync(join(folder, ...path), 'utf8');
const exporting = (task: string) =>
  nfold(['task', 'export', task, '--task', task, '--format', 'harbor'], { cwd: folder });

/** The tables and values of the part of TOML that task.toml uses: strings, numbers, and lists of strings. */
function toml(text: string) {
  const tables: Record<string, Record<string, unknown>> = { '': {} };
  let table = '';
  for (const line of text.split('\n').filter((one) => one !== '' && !one.startsWith('#'))) {
    const [, head] = /^\[([\w.]+)\]$/.exec(line) ?? [];
    const [, key, value] = /^(\w+) = ("[^"\\]*"|\d+(?:\.\d+)?|\[(?:"[^"\\]*"(?:, )?)*\])$/.exec(line) ?? [];
    if (head) table = head;
    else if (!key) throw new Error(`no TOML that this test knows: ${line}`);
    tables[table] ??= {};
    if (key) tables[table][key] = JSON.parse(value);
  }
  return tables;
}

describe.each([...suites.map(({ name }) => name), 'adamw'])('the task %s', (task) => {
  beforeAll(async () => {
    expect(await exporting(task)).toMatchObject({ code: 0, stderr: '' });
  });

  test('has the parts that Harbor reads', () => {
    for (const path of ['instruction.md', 'environment/Dockerfile', 'tests/Dockerfile', 'environment/task/TASK.md'])
      expect(existsSync(join(folder, task, path)), path).toBe(true);
    const tables = toml(read(task, 'task.toml'));
    expect(tables['']).toEqual({ schema_version: '1.4', artifacts: ['/app/kernels'] });
    expect(tables.task.name).toBe(`nfold/${task}`);
    expect(tables.verifier).toEqual({ timeout_sec: 7200, environment_mode: 'separate' });
    expect(Object.keys(tables)).toEqual(
      expect.arrayContaining(['metadata', 'agent', 'environment', 'verifier.environment']),
    );
    for (const place of ['environment', 'tests'])
      expect(read(task, place, 'Dockerfile')).toContain(`ARG NFOLD=nfold@${ofPackage().version}\n`);
    expect(read(task, 'environment/Dockerfile')).toContain('node_modules/nfold/kernels');
    expect(read(task, 'instruction.md')).toContain('`/app`');
  });

  test('its scripts are shell, and may be run', () => {
    for (const script of ['tests/test.sh', 'solution/solve.sh']) {
      const file = join(folder, task, script);
      expect(spawnSync('bash', ['-n', file], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
      expect(statSync(file).mode & 0o111).toBe(0o111);
    }
  });

  test('its solution takes the place of the starting code, and its own installation would know it', async () => {
    const app = join(folder, `app-${task}`);
    spawnSync('cp', ['-R', join(folder, task, 'environment/task'), app]);
    const solved = spawnSync('bash', [join(folder, task, 'solution/solve.sh')], {
      env: { ...process.env, NFOLD_TASK: app },
      encoding: 'utf8',
    });
    expect(solved).toMatchObject({ status: 0, stderr: '' });
    const { ops } = taskNamed(task);
    for (const op of ops) {
      const names = readdirSync(join(app, 'kernels', op));
      expect(names).toHaveLength(1);
      expect(names).not.toEqual(['attempt.ts']);
    }
    const listed = JSON.parse(
      (await nfold(['list', ...ops.map((op) => `${op}/attempt`), '--json'], { cwd: app })).stdout,
    );
    const attempts = listed.candidates.filter(({ candidate }: { candidate: string }) => candidate.endsWith('/attempt'));
    expect(attempts).toHaveLength(ops.length);
    for (const { about } of attempts) expect(about).not.toBeNull();
  });
});

test('there is a best kernel of every op', async () => {
  for (const op of opNames())
    expect(await exporting(op), op).toMatchObject({ stderr: expect.not.stringMatching(/no kernel/) });
});

describe('the verifier', () => {
  const judge = join(folder, 'judge');
  const logs = join(folder, 'logs');
  const verify = (printed: string) => {
    rmSync(logs, { recursive: true, force: true });
    mkdirSync(join(judge, 'node_modules/.bin'), { recursive: true });
    if (!existsSync(join(judge, 'node_modules/nfold'))) symlinkSync(packageRoot, join(judge, 'node_modules/nfold'));
    const stand = join(judge, 'node_modules/.bin/nfold');
    writeFileSync(stand, `#!/bin/bash\necho "$@" > ${judge}/words\ncat <<'X'\n${printed}\nX\n`);
    chmodSync(stand, 0o755);
    const env = { ...process.env, NFOLD_TASK: join(folder, 'app'), NFOLD_JUDGE: judge, NFOLD_LOGS: logs };
    const ran = spawnSync('bash', [join(folder, 'adamw/tests/test.sh')], { env, encoding: 'utf8' });
    const reward = join(logs, 'reward.txt');
    return { code: ran.status, reward: existsSync(reward) ? readFileSync(reward, 'utf8') : null, stderr: ran.stderr };
  };
  const scored = (score: object) => JSON.stringify({ scores: [{ verdict: 'pass', mean: { value: 12.5 }, ...score }] });

  test('writes the mean speedup as the reward, and 0 for a failure', () => {
    expect(verify(scored({}))).toMatchObject({ code: 0, reward: '12.5\n' });
    expect(readFileSync(join(judge, 'words'), 'utf8')).toBe(`task score ${join(folder, 'app')} --task adamw --json\n`);
    expect(verify(scored({ verdict: 'fail', mean: null }))).toMatchObject({ code: 0, reward: '0\n' });
    expect(verify(scored({ verdict: 'error', mean: null }))).toMatchObject({ code: 0, reward: '0\n' });
  });

  test('gives no reward where nothing was scored, and says why', () => {
    const lost = verify(scored({ mean: null, withheld: 'no round was calm' }));
    expect(lost).toMatchObject({ reward: null, stderr: expect.stringContaining('no round was calm') });
    expect(lost.code).not.toBe(0);
    const failed = verify(JSON.stringify({ error: { message: 'the disk is full' } }));
    expect(failed).toMatchObject({ reward: null, stderr: expect.stringContaining('the disk is full') });
    rmSync(join(judge, 'node_modules'), { recursive: true });
    const env = { ...process.env, NFOLD_JUDGE: judge, NFOLD_LOGS: logs };
    const ran = spawnSync('bash', [join(folder, 'adamw/tests/test.sh')], { env, encoding: 'utf8' });
    expect(ran).toMatchObject({ status: 1, stderr: expect.stringContaining('environment_mode') });
  });
});
