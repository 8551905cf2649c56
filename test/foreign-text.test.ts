/** Text that is not ours, on a terminal, in Markdown, in CSV and in SVG. Records are in hostile-records.test.ts. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { csvParse } from 'd3-dsv';
import { afterAll, describe, expect, test } from 'vitest';
import { visible } from '../src/contract/foreign.ts';
import { recordCsv } from '../src/report/csv.ts';
import { inCsv, inMarkdown, lineInMarkdown } from '../src/report/escape.ts';
import { markdownRecord } from '../src/report/markdown.ts';
import { Io } from '../src/report/output.ts';
import { onScreen, pc } from '../src/report/screen.ts';
import { svgCurve } from '../src/train/curve.ts';
import { entry, nfold } from './support/command.ts';
import { draft } from './support/draft.ts';
import { escapes, raw } from './support/hostile.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-foreign-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('on a terminal', () => {
  const printed = (isTTY: boolean, use: (io: Io) => void) => {
    const said = { text: '' };
    const sink = { isTTY, columns: 200, write: (text: string) => (said.text += text) };
    const { NO_COLOR } = process.env;
    delete process.env.NO_COLOR;
    const io = new Io({ stdout: sink, stderr: sink });
    process.env.NO_COLOR = NO_COLOR;
    onScreen(io, () => use(io));
    return said.text;
  };

  test('our colours pass, nested ones too, and foreign ones are shown', () => {
    const text = printed(true, (io) => io.print(`${pc.red(`a ${pc.bold('b')} \x1b[32mc`)} \x1b[2J`));
    expect(text).toBe('\x1b[31ma \x1b[1mb\x1b[22m \\u001b[32mc\x1b[39m \\u001b[2J\n');
  });

  test.each(['print', 'note', 'warn', 'page'] as const)('%s lets nothing through', (method) => {
    const text = printed(false, (io) => io[method](`x${escapes}y`));
    expect(text.replaceAll('\r\n', '\n').replace('\x1b[2J\x1b[H', '')).not.toMatch(raw);
    expect(text).toContain('\\u001b[2J\\u001b]0;owned\\u0007\\u009b31m');
  });

  test('nor does the line of progress, which stays one line', () => {
    const text = printed(true, (io) => io.progress({ stage: `x${escapes}`, detail: 'a\nb' }));
    expect(['\r\x1b[2K', '\x1b[2m', '\x1b[22m'].reduce((left, own) => left.replaceAll(own, ''), text)).not.toMatch(
      /[\p{Cc}\p{Cf}]/u,
    );
  });

  test('JSON stays the data that it is', () => {
    expect(JSON.parse(visible(JSON.stringify({ [escapes]: escapes })))).toEqual({ [escapes]: escapes });
    expect(visible(JSON.stringify(escapes))).not.toMatch(raw);
  });

  test('names of files and folders, words of the command line, the environment', async () => {
    mkdirSync(join(folder, 'kernels/x\x1b[2J\x9b1mEVIL\u202e'), { recursive: true });
    writeFileSync(join(folder, 'kernels/x\x1b[2J\x9b1mEVIL\u202e/a.ts'), '');
    mkdirSync(join(folder, 'kernels/sgemm'));
    writeFileSync(join(folder, 'kernels/sgemm/q\x1b]0;owned\x07.ts'), '');
    mkdirSync(join(folder, 'baselines/\x1b[2Jop'), { recursive: true });
    writeFileSync(join(folder, 'baselines/\x1b[2Jop/op.ts'), '');
    for (const args of [
      ['list'],
      ['list', '--json'],
      ['verify', 'kernels/sgemm/*'],
      ['show', '\x1b[2J'],
      ['\x9b31m'],
      ['--x\x1b[2J'],
    ]) {
      const { stdout, stderr } = await nfold(args, { cwd: folder });
      expect(stdout + stderr).not.toMatch(raw);
    }
    const env = { ...process.env, NFOLD_NODE: 'x\x1b[2J\u202e' };
    expect(spawnSync(process.execPath, [entry], { cwd: folder, env, encoding: 'utf8' }).stderr).not.toMatch(raw);
  });
});

describe('in Markdown', () => {
  test.each([
    ['three loops \\| **999x** \\|', String.raw`three loops \\\| \*\*999x\*\* \\\|`],
    ['a <b> & <!-- /results --> &lt;', 'a &#60;b&#62; &#38; &#60;!-- /results --&#62; &#38;lt;'],
    ['![x](http://e.com) [a][b] [38.1, 48.1]', String.raw`![x\](http:&#8203;//e.com) [a\][b] [38.1, 48.1]`],
    ['@user #12 www.e.com a@b.c', '@&#8203;user #&#8203;12 www&#8203;.e.com a@&#8203;b.c'],
    ['train_gpt2 _em_ `code` $x$', String.raw`train_gpt2 \_em\_ \`code\` &#36;x&#36;`],
    ['a\n\nb\r\u2028c\x1b[2J', 'a b c [2J'],
  ])('%j is text', (given, wanted) => expect(inMarkdown(given)).toBe(wanted));

  test.each(['# h', '- x', '1. x', '+ x', '=', '[ ] task'])('%j begins no block', (given) => {
    expect(lineInMarkdown(given)).toMatch(/^&#8203;/);
  });

  test('a record keeps its columns and its blocks', () => {
    const [one] = draft().candidates;
    const about = 'x \\| 999x | `|` <!-- /results --> \n\n# h';
    const text = markdownRecord({
      ...draft({ overrides: { candidates: [{ ...one, about }], warnings: [{ kind: 'note', text: '# h\n<b>' }] } }),
      id: 'a',
    });
    const [head, , row] = text.split('\n').filter((line) => line.startsWith('|'));
    const cells = (line: string) => line.replaceAll(/\\./g, '').split('|').length;
    expect(cells(row)).toBe(cells(head));
    expect(text).not.toMatch(/<|^#/m);
  });
});

test('in CSV, a spreadsheet sees no formula, and numbers stay numbers', () => {
  expect(
    ['=1+1', '+1', '-1+cmd', '@x', '\t=1', ' =1', '\uff1d1', '\r=1']
      .map(inCsv)
      .map((field) => field.replace(/^"/, '')[0]),
  ).toEqual(Array(8).fill("'"));
  expect([-1.5, null, 'a-b', 'x=1', true].map(inCsv)).toEqual(['-1.5', '', 'a-b', 'x=1', 'true']);
  const rows = csvParse(recordCsv({ ...draft({ overrides: { name: '=HYPERLINK("http://e.com","x")' } }), id: 'a' }));
  expect(rows[0].name).toBe('\'=HYPERLINK("http://e.com","x")');
});

test('in SVG it is text', () => {
  const odd = '"><script>alert(1)</script></style>]]>&\'';
  const curves = { title: odd, candidate: odd, from: 0, losses: [3, 2, 1], heldOut: [[1, 2]] as const, baseline: null };
  const svg = svgCurve(curves);
  expect(svg).not.toMatch(/<script|<\/style>&/);
  expect(svg).toContain('&lt;script>');
  expect(svg).not.toContain(']]>');
});
