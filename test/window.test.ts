/** What a terminal shows holds in its window: no line is wider, no interval goes, and what is hidden is said. */
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareRecords } from '../src/analysis/compare.ts';
import { main } from '../src/cli.ts';
import { packageRoot, workspaceAt } from '../src/files/places.ts';
import { type ProfileReport, reportProfiles } from '../src/profile/report.ts';
import { type Draft, Record } from '../src/records/schema.ts';
import { loadRecord } from '../src/records/store.ts';
import { reportCompared } from '../src/report/compare.ts';
import { interval, ratioInterval } from '../src/report/format.ts';
import { Io } from '../src/report/output.ts';
import { reportCeilings } from '../src/report/peak.ts';
import { inWindow, onScreen, printable } from '../src/report/screen.ts';
import { reportRecord } from '../src/report/terminal.ts';
import { example as ceilings } from './support/ceilings.ts';
import { draft, type Made } from './support/draft.ts';

const recordOf = (made: Made = {}): Record => Record.parse({ ...draft(made), id: '20261125-100000-0001' });
const stored = (folder: string) =>
  readdirSync(join(packageRoot, folder)).map((name) => [name, loadRecord(join(packageRoot, folder, name))] as const);

/** A draft whose only candidate is changed. */
function changed(candidate: Partial<Draft['candidates'][number]>, overrides: Partial<Draft> = {}): Record {
  const base = draft();
  return recordOf({ overrides: { candidates: [{ ...base.candidates[0], ...candidate }], ...overrides } });
}

const withheld = draft().means.map((mean) => ({
  ...mean,
  ...{ arithmetic: null, geometric: null, harmonic: null, least: null, greatest: null, cases: 0 },
  withheld: 'disturbed: 12 of 30 calls at M64N64K64 waited for a CPU, which is more than a mean can bear',
}));
const longName = `sgemm/${'fused-and-blocked-and-packed-'.repeat(3)}6x16-wasmrelaxedsimd`;

const pairs = [null, 'M64N64K64'].map((name) => ({
  ...{ op: 'sgemm', first: longName, candidate: 'sgemm/shaped-6x16-wasmrelaxedsimd', case: name, rounds: 3 },
  ...{ ratio: { value: 1.2, low: 0.9, high: 1.6 }, comparison: 'inconclusive' as const, noiseFloor: null },
  ...{ moreRounds: 12, withheld: null },
}));

const records: readonly (readonly [string, Record])[] = [
  ...stored('bench/records'),
  ...stored('test/fixtures/records'),
  ['one case', recordOf({ speedups: [[2, 2.02, 1.98]] })],
  ['one round', recordOf({ speedups: [[2], [4]] })],
  [
    'two rounds that disagree',
    recordOf({
      speedups: [
        [0.5, 40],
        [4, 4.04],
      ],
    }),
  ],
  ['a mean withheld', recordOf({ overrides: { means: withheld } })],
  ['a failure', changed({ verdict: 'fail', message: 'C[3,4] is 2.5, not 1.5, '.repeat(6) }, { means: withheld })],
  ['an interrupted run', recordOf({ overrides: { interrupted: true, note: 'a note of some words, '.repeat(9) } })],
  ['a long name', recordOf({ candidate: longName })],
  ['pairs', recordOf({ overrides: { pairs } })],
];

const windows = [60, 80, 120].flatMap((columns) => [true, false].map((colours) => ({ columns, colours })));

/** The text as it goes to a terminal of that width, without its colours, and its lines. */
function drawn(window: { columns: number; colours: boolean }, work: () => string, wide = false) {
  const text = onScreen(window, () => printable(inWindow(wide, work)));
  expect(stripVTControlCharacters(text) === text).toBe(!window.colours);
  const lines = stripVTControlCharacters(text).split('\n');
  return { text: lines.join('\n'), lines };
}

/** Lines that are too wide, but for one word that cannot be broken. */
const tooWide = (lines: readonly string[], columns: number) =>
  lines.filter((line) => [...line].length > columns && line.trim().includes(' '));

const edges = (record: Record) => [
  ...record.means.map(({ arithmetic }) => interval(arithmetic)),
  ...record.pairs.map(({ ratio }) => ratioInterval(ratio)),
  ...record.results.filter(({ disturbed }) => disturbed === null).map(({ speedup }) => interval(speedup)),
];

describe.each(windows)('in $columns columns, colours $colours', (window) => {
  test.each(records)('a record: %s', (_, record) => {
    const { text, lines } = drawn(window, () => reportRecord(record, { perCase: true }));
    expect(tooWide(lines, window.columns)).toEqual([]);
    for (const edge of edges(record)) expect(text).toContain(edge);
  });

  test.each(records)('a comparison: %s', (_, record) => {
    const compared = compareRecords([record, record]);
    const { text, lines } = drawn(window, () => reportCompared([record, record], compared));
    expect(tooWide(lines, window.columns)).toEqual([]);
    for (const { changes, candidate } of [...compared.means, ...compared.cases].filter(({ peer }) => !peer)) {
      expect(text).toContain(ratioInterval(changes[0].ratio));
      expect(text).toContain(changes[0].verdict ?? '~');
      expect(text.replace(/\s+/g, '')).toContain(candidate);
    }
  });

  test('a comparison of five', () => {
    const five = Array.from({ length: 5 }, () => records[0][1]);
    const { lines } = drawn(window, () => reportCompared(five, compareRecords(five)));
    expect(tooWide(lines, window.columns)).toEqual([]);
  });

  test('ceilings and their roofline', () => {
    const { text, lines } = drawn(window, () => reportCeilings(ceilings));
    expect(tooWide(lines, window.columns)).toEqual([]);
    for (const name of ['256-bit FMA', '128-bit FMA', '1 L1 160 GB/s', 'm memory']) expect(text).toContain(name);
  });

  test('a profile', () => {
    const { text, lines } = drawn(window, () => reportProfiles(profiles));
    expect(tooWide(lines, window.columns)).toEqual([]);
    expect(text).toContain('crossentropy_softmax_forward+backward');
  });
});

const share = (op: string, timeNs: number) => ({ ops: [op], timeNs, share: timeNs / 8e8 });
const step = [share('matmul_forward', 6e8), share('crossentropy_softmax_forward', 1e8)];
const profiles: readonly ProfileReport[] = [
  {
    case: 'B4T64L4C128NH4V256',
    baseline: { stepNs: 8e8, sumNs: 7.9e8, ops: [...step, share('crossentropy_softmax_backward', 9e7)] },
    candidate: {
      ...{ id: 'train_gpt2/fused-6x16-wasmrelaxedsimd', threads: 2, stepNs: 1e7, sumNs: 1e7 },
      ops: [
        { ops: ['matmul_forward'], timeNs: 8e6, share: 0.8 },
        { ops: ['crossentropy_softmax_forward', 'crossentropy_softmax_backward'], timeNs: 2e6, share: 0.2 },
      ],
    },
    amdahl: [],
  },
];

describe('a history', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nfold-window-'));
  beforeAll(() => {
    mkdirSync(join(folder, '.nfold/records'), { recursive: true });
    for (const from of ['bench/records', 'test/fixtures/records'])
      for (const name of readdirSync(join(packageRoot, from)))
        copyFileSync(join(packageRoot, from, name), join(folder, '.nfold/records', name));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each([60, 80, 120])('in %i columns has a track and an interval for each record', async (columns) => {
    let said = '';
    const stdout = { isTTY: true, columns, write: (text: string) => (said += text) };
    const io = new Io({ stdout, stderr: { write: () => {} } });
    expect(await main(['history', 'train_gpt2/fused-6x16-wasmrelaxedsimd'], io, workspaceAt(folder))).toEqual({
      code: 0,
    });
    const lines = stripVTControlCharacters(said).split('\n');
    expect(tooWide(lines, columns)).toEqual([]);
    const holding = ['bench/records', 'test/fixtures/records']
      .flatMap(stored)
      .filter(([, { means }]) => means.some(({ candidate }) => candidate === 'train_gpt2/fused-6x16-wasmrelaxedsimd'));
    expect(holding).not.toEqual([]);
    expect(lines.filter((line) => /x +\[[\d., ]+\] +┊ .*●/.test(line))).toHaveLength(holding.length);
  });
});

describe('what is hidden', () => {
  const shown = (columns: number, wide = false) =>
    drawn({ columns, colours: false }, () => reportRecord(recordOf()), wide).text;
  test('is named', () => {
    expect(shown(80)).toMatch(/^Hidden: .*geometric.*: --wide shows\s+them$/ms);
    expect(shown(80)).not.toContain('least..greatest  ');
  });
  test('is shown with --wide, whatever the window', () => {
    expect(shown(60, true)).not.toContain('Hidden');
    expect(shown(60, true)).toMatch(/geometric +harmonic +least\.\.greatest/);
  });
  test('is the same in a pipe as in 80 columns', () => {
    expect(shown(Number.POSITIVE_INFINITY)).toBe(shown(80));
  });
});
