/** Every signal to everyone who stands between the user and nfold, and the death of each of them. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { entry } from '../support/command.ts';
import { benchIn, endOf, measuringFolder, plainEnv } from '../support/measuring.ts';
import { descendants, olderNode, type Seen, until, untilGone } from '../support/processes.ts';

const { folder, measuring } = measuringFolder();
const straight = benchIn(process.execPath)
  .map((word) => `'${word}'`)
  .join(' ');

describe.skipIf(process.platform !== 'linux')('only Linux tells who started whom', () => {
  describe('nfold itself', () => {
    test('three signals at once keep the record', async () => {
      const { child, kept } = await measuring(benchIn(process.execPath));
      for (let i = 0; i < 3; i++) child.kill('SIGINT');
      expect(await endOf(child)).toBe(130);
      await kept();
    });

    test('a terminal need not be there any more', async () => {
      const { child, kept } = await measuring(benchIn(process.execPath));
      child.stderr?.destroy();
      child.kill('SIGHUP');
      expect(await endOf(child)).toBe(130);
      await kept();
    });

    test('a stop in between, as by Ctrl-Z, changes nothing', async () => {
      const { child, said, kept } = await measuring(benchIn(process.execPath));
      child.kill('SIGSTOP');
      child.kill('SIGCONT');
      await said('round 3');
      child.kill('SIGTERM');
      expect(await endOf(child)).toBe(130);
      await kept();
    });
  });

  describe.skipIf(!olderNode)('its wrapper, which is there where PATH has an older Node', () => {
    test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s', async (signal) => {
      const { child, kept } = await measuring(benchIn(olderNode as string));
      child.kill(signal);
      expect(await endOf(child)).toBe(130);
      await kept();
    });

    test('its death', async () => {
      const { child, kept } = await measuring(benchIn(olderNode as string));
      child.kill('SIGKILL');
      await kept();
    });

    test('exit codes are those of the tool, or tell the signal that killed it', async () => {
      const wrong = spawn(olderNode as string, [entry, 'bench', 'nonsense'], { cwd: folder, env: plainEnv });
      expect(await endOf(wrong)).toBe(3);
      const { child, below } = await measuring(benchIn(olderNode as string));
      process.kill((below.find(({ command }) => command.includes('src/nfold.js')) as Seen).pid, 'SIGKILL');
      expect(await endOf(child)).toBe(137);
      await untilGone(below);
    });
  });

  describe('npm', () => {
    /** A package whose script hands over to nfold, or has a shell stay in between. */
    const packaged = (start: string) => {
      const scripts = { start };
      writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'x', version: '1.0.0', scripts }));
      return ['npm', 'start'];
    };
    const between = `${straight}; exit $?`;

    test.each([
      ['SIGINT, which it hands to a shell alone', straight, 'SIGINT'],
      ['SIGTERM', straight, 'SIGTERM'],
      ['SIGTERM, where a shell stays in between', between, 'SIGTERM'],
      ['SIGHUP, of which npm dies', straight, 'SIGHUP'],
      ['SIGKILL', straight, 'SIGKILL'],
      ['SIGKILL, where a shell stays in between', between, 'SIGKILL'],
    ] as const)('%s', async (_, script, signal) => {
      const { child, kept } = await measuring(packaged(script));
      child.kill(signal);
      await endOf(child);
      await kept();
    });

    test('the death of its shell', async () => {
      const { child, below, kept } = await measuring(packaged(between));
      const shell = below.find(({ parent, command }) => parent === child.pid && /^\S*sh /.test(command)) as Seen;
      process.kill(shell.pid, 'SIGKILL');
      await endOf(child);
      await kept();
    });

    test.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)('%s to npm exec, which npx is', async (signal) => {
      const { child, kept } = await measuring(['npm', 'exec', '-c', straight]);
      child.kill(signal);
      await endOf(child);
      await kept();
    });
  });

  describe('those whose end means nothing', () => {
    test('a shell that has started it in the background', async () => {
      const file = join(folder, 'background.txt');
      const shell = spawn('sh', ['-c', `${straight} 2>'${file}' >/dev/null & echo $!; cat`], {
        cwd: folder,
        env: plainEnv,
      });
      const pid = Number((await once(shell.stdout, 'data'))[0]);
      const said = (what: string) => until(() => existsSync(file) && readFileSync(file, 'utf8').includes(what));
      await said('round 1');
      shell.stdin.end();
      await endOf(shell);
      await said('round 4');
      const below = descendants(pid);
      process.kill(pid, 'SIGINT');
      await said('what was measured is kept');
      await untilGone(below);
    });

    test.skipIf(spawnSync('nohup', ['true']).status !== 0)(
      'a terminal, behind nohup (where there is one)',
      async () => {
        const behind = ['bash', '-c', `nohup ${straight}`];
        const named = spawnSync('bash', ['-c', 'nohup printenv _'], { encoding: 'utf8', env: plainEnv }).stdout ?? '';
        // Where no bash leaves the name of nohup, the test does.
        const words = named.includes('nohup') ? behind : ['env', '_=/usr/bin/nohup', ...benchIn(process.execPath)];
        const { child, said, kept } = await measuring(words);
        child.kill('SIGHUP');
        await said('round 4');
        child.kill('SIGINT');
        expect(await endOf(child)).toBe(130);
        await kept();
      },
    );
  });
});
