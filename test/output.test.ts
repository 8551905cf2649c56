/** Where words go when there is no room for them, no reader for them, or no folder to stand in. What a bench keeps then: slow/output.test.ts. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { saveRecord } from '../src/records/store.ts';
import { Io } from '../src/report/output.ts';
import { inBash } from './support/command.ts';
import { draft } from './support/draft.ts';
import { expectFull, expectGone } from './support/output.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-output-'));
const records = join(folder, '.nfold/records');
beforeAll(() => {
  saveRecord(draft({ overrides: { name: 'one' } }), records);
  saveRecord(draft({ overrides: { name: 'two' } }), records);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const bash = (line: string, cwd = folder) => inBash(line, cwd);

describe('what is said by the way', () => {
  const spoken = (isTTY: boolean) => {
    let text = '';
    const clock = { ms: 1000 };
    const stderr = { isTTY, columns: 40, write: (more: string) => (text += more) };
    return { io: new Io({ stdout: { write: () => {} }, stderr }, () => clock.ms), clock, said: () => text };
  };

  test('off a terminal, progress is a line for each change of op and stage', () => {
    const { io, said } = spoken(false);
    for (const detail of ['a', 'b']) io.progress({ op: 'sgemm', stage: 'round 1', detail });
    io.note('a note');
    io.progress({ op: 'sgemm', stage: 'round 1', detail: 'c' });
    io.progress({ op: 'adamw', stage: 'round 1' });
    expect(said()).toBe('  0 s  sgemm: round 1\na note\n  0 s  adamw: round 1\n');
  });

  test('off a terminal, a long stage says every ten seconds what it is at', () => {
    const { io, clock, said } = spoken(false);
    for (let i = 0; i < 250; i++) {
      io.progress({ op: 'sgemm', stage: 'round 1', detail: `call ${i}` });
      clock.ms += 100;
    }
    io.progress({ op: 'sgemm', stage: 'round 2', detail: 'call 0' });
    io.progress({ op: 'sgemm', stage: 'round 2', detail: 'call 1' });
    expect(said().split('\n')).toEqual([
      '  0 s  sgemm: round 1',
      ' 10 s  sgemm: round 1, call 100',
      ' 20 s  sgemm: round 1, call 200',
      ' 25 s  sgemm: round 2',
      '',
    ]);
  });

  test('on a terminal it is one line, cut to its width, which gives way to what is said', () => {
    const { io, said } = spoken(true);
    io.progress({ op: 'sgemm', stage: 'round 1', detail: 'x'.repeat(60) });
    io.warn('odd');
    io.warn('odd');
    const [drawn, rest] = said().split('\r\x1b[2K').slice(1);
    expect(drawn).toBe(`  0 s  sgemm: round 1, ${'x'.repeat(16)}`);
    expect(rest).toBe('! odd\n');
  });

  test('a request to stop ends a command at once, unless it keeps what it has', () => {
    const { io, said } = spoken(false);
    expect(io.stop()).toBe(false);
    const signal = io.keepOnStop('stopping');
    expect([signal.aborted, io.stop(), signal.aborted, said()]).toEqual([true, true, true, 'nfold: stopping\n']);
    io.endOnStop();
    expect(io.stop()).toBe(false);
  });
});

const noShell = !existsSync('/dev/full') || spawnSync('bash', ['-c', 'true']).status !== 0;

describe.skipIf(noShell)('with a shell and /dev/full, which Linux has', () => {
  // One printer prints for all commands: text, data, a reporter's text, and what commander prints. test/slow/output.test.ts has the others.
  test.each(['', '--help', 'list --json', 'show --reporter csv', 'history sgemm/mine-ts'])(
    'nfold %s > /dev/full is one sentence and exit code 1',
    (args) => expectFull(args, folder),
  );

  test('stderr full or closed, or stdout closed, costs nothing', () => {
    const { stdout } = bash('nfold compare one two');
    for (const there of ['2> /dev/full', '2>&-'])
      expect(bash(`nfold compare one two ${there}`)).toMatchObject({ code: 0, stdout });
    expect(bash('nfold compare one two >&-')).toMatchObject({ code: 0, stderr: '' });
    expect(bash('nfold show nonsense 2> /dev/full')).toMatchObject({ code: 2 });
  });

  test('a reader that has seen enough is no failure, and a slow one gets all', () => {
    expect(bash('nfold list | head -1')).toMatchObject({ code: 0, stderr: '' });
    expect(bash('nfold list --json | head -c 100')).toMatchObject({ code: 0, stderr: '' });
    expect(bash('nfold show --json | (sleep 1; cat)').stdout).toBe(bash('nfold show --json').stdout);
    expect(bash('nfold show nonsense | head -1')).toMatchObject({ code: 2 });
  });

  test.each(['list', 'bench sgemm', 'train'])(
    'nfold %s in a folder that is gone is one sentence and exit code 2',
    (args) => expectGone(args, folder),
  );
});
