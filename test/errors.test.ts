/** Each error says file, line, column, what is wrong and what to do. What a candidate prints comes out where nothing is timed. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { speaking, withConsole } from '../src/cell/console.ts';
import { excerpt } from '../src/report/excerpt.ts';
import { call, kernel } from './support/cells.ts';
import { nfold } from './support/command.ts';
import { type Judged, judged, write } from './support/judged.ts';
import { mistakes } from './support/mistakes.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'nfold-errors-')));
afterAll(() => rmSync(folder, { recursive: true }));

describe('errors that people make', () => {
  let all: readonly Judged[];
  beforeAll(async () => {
    all = await judged(folder, mistakes);
  });

  test.each(mistakes.map(({ what, kind }, i) => [kind, what, i] as const))('.%s: %s', (_, __, i) => {
    expect(all[i].verdict).toMatchObject(all[i].wanted);
  });
});

describe('an error as it is printed', () => {
  const place = { file: 'kernels/sgemm/mine.ts', line: 2, column: 5 };

  test('the place in front, the line with a caret, and what to do', () => {
    const text = 'first\r\n\tlet ä = x;\r\n';
    expect(excerpt('kernels/sgemm/mine.ts does not build: no x', { place, hint: 'add one' }, text)).toEqual([
      'kernels/sgemm/mine.ts:2:5: does not build: no x',
      '     2 |  let ä = x;',
      '       |     ^',
      '  hint: add one',
    ]);
    expect(excerpt('sgemm/mine at M1: x', { place: { ...place, column: null } }, text)).toEqual([
      'kernels/sgemm/mine.ts:2: sgemm/mine at M1: x',
      '     2 |  let ä = x;',
    ]);
  });

  test('without a place, a text or the line, the sentence alone', () => {
    expect(excerpt('x is wrong', {}, 'text')).toEqual(['x is wrong']);
    for (const text of [null, undefined, '', 'one line', '\n   \n']) {
      expect(excerpt('x', { place }, text)).toEqual(['kernels/sgemm/mine.ts:2:5: x']);
    }
  });

  test('of a long line the part around the column, and what would move a cursor as what it is', () => {
    const text = `\n${'a'.repeat(500)}\x1b[2J!${'b'.repeat(500)}`;
    const [, line, caret] = excerpt('x', { place: { ...place, column: 505 } }, text);
    expect(line).toMatch(/^ {5}2 \| …a+\\u001b\[2J!b+…$/);
    expect(line.length).toBeLessThan(120);
    expect(line[caret.indexOf('^')]).toBe('!');
  });

  test('by verify, for a terminal or a pipe', async () => {
    write(folder, 'kernels/residual_forward/half.ts', 'export default {\n  about:§');
    const { code, stdout } = await nfold(['verify', 'residual_forward/half', '--case', 'N1'], { cwd: folder });
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /x kernels\/residual_forward\/half\.ts:2:9: does not build: Unexpected end of file\n {5}2 \| {3}about:\n {7}\| {9}\^$/m,
    );
  });
});

describe('console', () => {
  const generator = `export default { about: 'prints', generate({ N }) {
    console.log('for', N, { all: [1.5, NaN, 2n] }, new Float32Array(20), undefined, '\\x1b[2J');
    return \`(module (import "env" "memory" (memory 1 65536 shared))
      (func (export "run") (param i32 i32 i32 i32 i32 i32 i32) unreachable))\`;
  } };`;
  const lines = (text: string) => text.split('\n').filter((line) => line.startsWith('residual_forward/says: '));
  const verify = (...flags: readonly string[]) =>
    nfold(['verify', 'residual_forward/says', '--case', 'N1', ...flags], { cwd: folder });

  test('under verify --debug its text goes to stderr, on one line each, and nothing of that run is kept', async () => {
    write(folder, 'kernels/residual_forward/says.wasm.ts', generator);
    const debugged = await verify('--debug');
    expect(lines(debugged.stderr)).toContain(
      `residual_forward/says: for 1 {"all":[1.5,"NaN","2"]} array of 20: ${'0,'.repeat(16)} … undefined  [2J`,
    );
    expect(debugged.stdout).toMatch(/says at N1: RuntimeError: unreachable, in line 2 of the text/);
    expect(lines((await verify('--debug')).stderr)).toEqual(lines(debugged.stderr));
    const plain = await verify();
    expect(lines(plain.stderr)).toEqual([]);
    expect(plain.stdout).toMatch(/says\.wasm\.ts:2:5: does not build: ReferenceError: console is not defined\n/);
    expect(plain.stdout).toMatch(/\n {2}hint: console works under 'nfold verify --debug', where nothing is timed$/m);
  });

  const heard = async (body: string) => {
    const said: string[] = [];
    const work = () => speaking('x', () => call(kernel(body)));
    const { C } = await withConsole((line) => said.push(line), work);
    return { C, said };
  };

  test('it is made of the realm’s own objects, and leads nowhere', async () => {
    const own = `
      const of = Object.getPrototypeOf;
      const all = [console, console.log].map((one) => (typeof one === 'function' ? of(of(one)) : of(one)));
      C[0] = all.every((top) => top === Object.prototype) && console.log('x') === undefined ? 1 : 0;
      Array.prototype.map = Array.prototype.join = () => { throw 1; };
      JSON.stringify = () => ({});
      console.log({ toString() { throw new Error(); } }, {}, Symbol('s'));`;
    expect(await heard(own)).toEqual({ C: 1, said: ['x: x', 'x: {} {} Symbol(s)'] });
  });

  test('what it takes has a limit', async () => {
    const { said } = await heard("for (let i = 0; i < 1e5; i++) console.log('line ' + i);");
    expect(said.length).toBeLessThan(1010);
    expect(said.at(-1)).toMatch(/it prints more than 1000 lines: the rest is left out$/);
    const [long] = (await heard("console.log('a'.repeat(1e7));")).said;
    expect(long.length).toBeLessThan(1100);
  });
});
