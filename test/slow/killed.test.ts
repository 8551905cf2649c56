/** kill -9 of nfold itself: no cell, no compiler and no bundler goes on, stopped or busy, whether or not `setpriv` is there. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { entry } from '../support/command.ts';
import { endOf, plainEnv } from '../support/measuring.ts';
import { descendants, olderNode, until, untilGone } from '../support/processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-killed-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const hidden = 'for f in /usr/bin/setpriv /bin/setpriv; do mount --bind /dev/null $f || exit 1; done; exec "$@"';
const without = ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c', hidden, 'sh'];
const canHide = spawnSync(without[0], [...without.slice(1), 'true']).status === 0;

/** A kernel that never ends, and one that takes long to build. */
mkdirSync(join(folder, 'kernels/sgemm'), { recursive: true });
writeFileSync(
  join(folder, 'kernels/sgemm/endless.ts'),
  "export default { about: 'never ends', setup: () => () => { for (;;); } };\n",
);
const functions = Array.from({ length: 2000 }, (_, i) => `export function f${i}(x: f32): f32 { return x * ${i}; }`);
writeFileSync(
  join(folder, 'kernels/sgemm/long-build.as.ts'),
  `/** @about takes long to build */\nexport function run(): void {}\n${functions.join('\n')}\n`,
);

/** Where each run has its temporary files. */
const temporary = () => mkdtempSync(join(folder, 'tmp-'));
const untilEmpty = (place: string) => until(() => readdirSync(place).length === 0);

const hasLocked = (name: string) => (command: string) => command.includes('--permission') && command.includes(name);

const runs = [
  {
    what: 'a bench with a library beside it, whose cells are stopped in turn',
    args: ['bench', 'sgemm/ikj-ts', '--quick', '--case', 'M64N64K64'],
    said: 'round 2',
    at: (command: string) => command.includes('main.mjs') && !command.includes('--permission'),
  },
  {
    what: 'a verification whose kernel is endless',
    args: ['verify', './kernels/sgemm/endless.ts'],
    said: 'verifying',
    at: hasLocked('main.mjs'),
  },
  {
    what: 'a build',
    args: ['verify', './kernels/sgemm/long-build.as.ts'],
    said: 'building',
    at: hasLocked('compiler.ts'),
  },
  {
    what: 'a training run',
    args: ['train', 'train_gpt2/baseline', '--case', 'B4T32L2C64NH4V256', '--minutes', '5', '--sample', '0'],
    said: 'held-out',
    at: hasLocked('main.mjs'),
  },
];

describe.skipIf(process.platform !== 'linux')('only Linux tells who started whom', () => {
  describe.each([
    { how: 'with setpriv', behind: [] as string[] },
    ...(canHide ? [{ how: 'without setpriv', behind: without }] : []),
  ])('$how', ({ behind }) => {
    test.each(runs)('$what', async ({ args, said, at }) => {
      const [program, ...rest] = [...behind, process.execPath, entry, ...args];
      const TMPDIR = temporary();
      const env = { ...plainEnv, TMPDIR };
      const child = spawn(program, rest, { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
      let text = '';
      child.stderr.on('data', (chunk) => {
        text += chunk;
      });
      await until(() => child.exitCode !== null || text.includes(said));
      await until(() => child.exitCode !== null || descendants(child.pid as number).some(({ command }) => at(command)));
      expect(child.exitCode, text).toBe(null);
      const below = descendants(child.pid as number);
      child.kill('SIGKILL');
      await endOf(child);
      await untilGone(below);
      await untilEmpty(TMPDIR);
    });

    test('a start, in each of its moments', async () => {
      const [program, ...rest] = [...behind, process.execPath, entry, ...runs[0].args];
      for (let ms = 50; ms < 6000; ms *= 1.4) {
        const TMPDIR = temporary();
        const child = spawn(program, rest, { cwd: folder, env: { ...plainEnv, TMPDIR }, stdio: 'ignore' });
        await pause(ms);
        const below = descendants(child.pid as number);
        child.kill('SIGKILL');
        await endOf(child);
        await untilGone(below);
        await untilEmpty(TMPDIR);
      }
    });
  });

  test.skipIf(!olderNode)('the wrapper, while the Node that it started goes on', async () => {
    const TMPDIR = temporary();
    const env = { ...plainEnv, TMPDIR };
    const child = spawn(olderNode as string, [entry, ...runs[0].args], {
      cwd: folder,
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let text = '';
    child.stderr.on('data', (chunk) => {
      text += chunk;
    });
    await until(() => child.exitCode !== null || text.includes('round 1'));
    const below = descendants(child.pid as number);
    expect(below.length).toBeGreaterThan(1);
    child.kill('SIGKILL');
    await untilGone(below);
    await untilEmpty(TMPDIR);
  });

  test.skipIf(canHide)('without setpriv: this test needs a user namespace to hide it', () => {});
});
