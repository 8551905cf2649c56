/** nfold watch: what a save leads to, in words and in data, and how it survives what editors do to files. */
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { main } from '../src/cli.ts';
import { workspaceAt } from '../src/files/places.ts';
import { sparkline } from '../src/report/format.ts';
import { changed, filesOf, seen } from '../src/watch/saves.ts';
import { listening, nfold } from './support/command.ts';
import { geluSource } from './support/gelu.ts';

const root = mkdtempSync(join(tmpdir(), 'nfold watch '));
const folder = join(root, 'kernels/gelu_forward');
mkdirSync(folder, { recursive: true });
mkdirSync(join(root, 'kernels/common'));
afterAll(() => rmSync(root, { recursive: true }));

const file = join(folder, 'mine.ts');
const source = (factor: string) => geluSource(factor, "import { half } from '../common/half.ts';");
const half = join(root, 'kernels/common/half.ts');
writeFileSync(half, 'export const half = 0.5;\n');

/** A watch in this process; `next` waits for its next line of stdout. */
function watching(...flags: readonly string[]) {
  const { io, said, heard } = listening();
  const ended = main(['watch', 'gelu_forward/mine', '--case', 'N32768', ...flags], io, workspaceAt(root));
  let taken = 0;
  const next = async (): Promise<string> => {
    for (;;) {
      const lines = said.stdout.split('\n').slice(0, -1);
      if (lines.length > taken) return lines[taken++];
      await pause(20);
    }
  };
  const stop = async () => {
    io.stop();
    return (await ended).code;
  };
  return { next, stop, heard, said };
}

describe('a session', () => {
  it('tells of each save as a line of JSON: right, wrong, broken, gone and back, and of what it imports', async () => {
    writeFileSync(file, source('half'));
    const { next, stop } = watching('--json');
    /** Without the lines of a try that has checks to go. */
    const tried = async () => {
      for (;;) {
        const told = JSON.parse(await next());
        if (told.verdict !== 'pass' || told.checks.made === told.checks.of) return told;
      }
    };
    const first = await tried();
    expect(first).toMatchObject({
      ...{ event: 'try', preview: true, try: 1, candidate: 'gelu_forward/mine', verdict: 'pass' },
      ...{ file: 'kernels/gelu_forward/mine.ts', message: null, before: null, best: { try: 1 } },
    });
    expect(first.results).toMatchObject([{ case: 'N32768', verdict: 'pass' }]);
    expect(first.mean.low).toBeLessThanOrEqual(first.mean.value);
    expect(first.seconds.firstNumber).toBeGreaterThanOrEqual(first.seconds.verdict);

    // As an editor saves that writes a new file and renames it.
    writeFileSync(`${file}~`, source('0.6'));
    renameSync(`${file}~`, file);
    const wrong = await tried();
    expect(wrong).toMatchObject({ try: 2, verdict: 'fail', mean: null, results: [], before: first.mean });
    expect(wrong.message).toMatch(/out\[\d+\] is /);
    expect(wrong.failure.reason).toBe('differs');

    writeFileSync(file, source('half *'));
    expect(await tried()).toMatchObject({ try: 3, verdict: 'error', message: expect.stringMatching(/does not build/) });

    rmSync(file);
    expect(await tried()).toEqual({ event: 'gone', file: 'kernels/gelu_forward/mine.ts' });
    writeFileSync(file, source('half'));
    expect(await tried()).toMatchObject({ try: 4, verdict: 'pass', before: first.mean });

    writeFileSync(half, 'export const half = 0.4;\n');
    expect(await tried()).toMatchObject({ try: 5, verdict: 'fail' });
    writeFileSync(half, 'export const half = 0.5;\n');
    expect(await tried()).toMatchObject({ try: 6, verdict: 'pass' });
    expect(await stop()).toBe(130);
    expect(readdirSync(join(root, '.nfold'))).not.toContain('records');
  });

  it('prints a line for each try in a pipe, and begins anew when a save comes during a try', async () => {
    writeFileSync(file, source('half'));
    const { next, stop, heard } = watching();
    const done = async () => {
      for (;;) {
        const line = await next();
        if (!line.includes('so far')) return line;
      }
    };
    await heard('verifying');
    writeFileSync(file, source('0.7'));
    expect(await next()).toMatch(/^#1 {2}fail {2}\(verdict after [\d.]+ s\)$/);
    expect(await next()).toMatch(/^gelu_forward\/mine at N\d+ on \w+ inputs: out\[\d+\] is /);
    expect(await next()).toMatch(/^ {2}.* checks are wrong/);
    writeFileSync(file, source('half'));
    expect(await done()).toMatch(
      /^#2 {2}pass {2}preview [\d.]+x \[[\d., ]+\] {2}[\d.]+ Gflop\/s.* at N32768 {2}\(verdict after .*, first number after .*\)$/,
    );
    expect(await stop()).toBe(130);
  });

  it('refuses what it cannot watch in one sentence', async () => {
    const said = async (...words: string[]) => (await nfold(['watch', ...words], { cwd: root })).stderr;
    expect(await said('gelu_forward/nime')).toMatch(/Nothing is called .*'nfold list'/);
    expect(await said('sgemm')).toMatch(/matches \d+ candidates: watch takes one/);
    expect(await said('gelu_forward/mine', '--case', 'M9')).toMatch(/No case matches 'M9'/);
  });
});

describe('saves', () => {
  it('waits until a file has been the same for a moment', async () => {
    const files = () => filesOf(file, []);
    const before = seen(files());
    const found = changed(files, before, new AbortController().signal);
    for (let i = 0; i < 4; i++) {
      writeFileSync(file, 'x'.repeat(i + 1));
      await pause(15);
    }
    expect(await found).toBe(seen(files()));
    utimesSync(file, 1, 1);
    expect(seen(files())).not.toBe(await found);
  });

  it('looks at the file, its sources and the pieces beside its op', () => {
    expect(filesOf(file, ['kernels/gelu_forward/mine.ts', 'kernels/common/other.ts'])).toEqual(
      [file, half, join(root, 'kernels/common/other.ts')].sort(),
    );
  });
});

it('draws tries as a line of small bars, failures as x', () => {
  expect(sparkline([1, null, 10, 100])).toBe('▁x▅█');
  expect(sparkline([2])).toBe('▄');
  expect(sparkline([null, null])).toBe('xx');
});
