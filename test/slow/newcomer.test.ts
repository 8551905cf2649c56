/** The newcomer's path in each language, with the installed package: new, verify, break it, mend it, watch, inspect, bench, compare. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/files/places.ts';
import { languages } from '../../src/new/languages.ts';
import { installed, link, type Ran, run, shellEnv } from '../support/installation.ts';
import { knowCeilings } from '../support/prepared.ts';

const top = mkdtempSync(join(tmpdir(), 'nfold-newcomer-'));
const folder = join(top, 'my kernels');
afterAll(() => rmSync(top, { recursive: true, force: true }));

beforeAll(async () => {
  await installed(folder);
  knowCeilings(folder);
  // A compiler of C is the user's to install.
  link(join(packageRoot, 'node_modules/@yowasp/clang'), join(folder, 'node_modules/@yowasp/clang'));
}, 600_000);

/** What npx starts, without the time that npx itself takes. */
const nfold = (...args: readonly string[]): Ran => run(['node_modules/.bin/nfold', ...args], folder);
const json = (...args: readonly string[]) => JSON.parse(nfold(...args, '--json').stdout);

/** `nfold watch --json` as a child; `next` waits for a line. */
function watching(id: string) {
  // Ctrl-C reaches npx and what it starts; a signal from here reaches one process.
  const program = join(folder, 'node_modules/nfold/src/nfold.js');
  const args = [program, 'watch', id, '--case', 'N32768', '--json'];
  const child = spawn('node', args, { cwd: folder, env: shellEnv, stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = once(child, 'close');
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (more) => {
    text += more;
  });
  const next = async () => {
    while (!text.includes('\n')) await Promise.race([once(child.stdout, 'data'), ended]);
    const end = text.indexOf('\n');
    const line = text.slice(0, end);
    text = text.slice(end + 1);
    return JSON.parse(line);
  };
  const stop = async () => {
    child.kill('SIGINT');
    return (await ended)[0];
  };
  return { next, stop };
}

/** Those in text are left out: their starts pass in test/slow/new.test.ts. */
const told = Object.entries(languages).filter(([language]) => language !== 'wat' && language !== 'wasm-ts');

describe.each(told)('in %s', (language, ending) => {
  const id = `gelu_forward/try-${language}`;
  const path = `kernels/gelu_forward/try-${language}.${ending}`;
  const file = join(folder, path);
  const small = ['--quick', '--case', 'N17'];
  let right: string;

  test('new writes a file that passes at once', () => {
    const made = JSON.parse(run(['npx', 'nfold', 'new', id, '--lang', language, '--json'], folder).stdout);
    expect(made.files).toContain(path);
    expect(made.next.join('\n')).toContain(`nfold watch ${id}`);
    right = readFileSync(file, 'utf8');
    expect(nfold('verify', id, ...small)).toMatchObject({ code: 0, stdout: expect.stringMatching(/ pass /) });
    const again = nfold('new', id, '--lang', language);
    expect(again).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/is there already.* choose another name/),
    });
    expect(readFileSync(file, 'utf8')).toBe(right);
  });

  test('a file that is broken has an error with file, line and a caret, in words and as data', () => {
    writeFileSync(file, `${right}\n) oops`);
    const lines = right.split('\n').length;
    const { code, stdout } = nfold('verify', id, ...small);
    expect(code).toBe(1);
    const [, line] = new RegExp(`x ${path}:(\\d+):\\d+: does not build: `).exec(stdout) ?? [];
    expect(Math.abs(Number(line) - lines)).toBeLessThanOrEqual(1);
    expect(stdout).toMatch(/\n +\d+ \| .*\n +\| *\^/);
    const [{ error }] = json('verify', id, ...small).results;
    expect(error).toMatchObject({ code: 'build', file: path, line: Number(line), column: expect.any(Number) });
  });

  test('watch tells right from wrong at each save, and Ctrl-C ends it', async () => {
    writeFileSync(file, right);
    const { next, stop } = watching(id);
    const last = async () => {
      for (;;) {
        const told = await next();
        if (told.verdict !== 'pass' || told.checks.made === told.checks.of) return told;
      }
    };
    const first = await last();
    expect(first).toMatchObject({ try: 1, verdict: 'pass', candidate: id, file: path });
    expect(first.mean.value).toBeGreaterThan(0);
    const at = right.lastIndexOf('0.044715');
    writeFileSync(file, `${right.slice(0, at)}0.05${right.slice(at + '0.044715'.length)}`);
    expect(await last()).toMatchObject({ try: 2, verdict: 'fail', failure: { reason: 'differs' }, mean: null });
    writeFileSync(file, right);
    expect(await last()).toMatchObject({ try: 3, verdict: 'pass', hash: first.hash, before: first.mean });
    expect(await stop()).toBe(130);
  });

  test('inspect looks inside, bench measures, compare tells what changed', () => {
    expect(json('inspect', id, '--case', 'N32768')).toMatchObject({ candidate: id, case: 'N32768' });
    const bench = ['bench', id, '--quick', '--no-peers', '--case', 'N32768'];
    const record = json(...bench);
    expect(record.results[0]).toMatchObject({ candidate: id, verdict: 'pass', speedup: { value: expect.any(Number) } });
    if (language !== 'ts') return;
    json(...bench);
    expect(nfold('compare', 'last~1', 'last')).toMatchObject({ code: 0, stdout: expect.stringContaining(id) });
  });
});
