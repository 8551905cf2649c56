/** What other tools read, against what they say that they read. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { csvParse } from 'd3-dsv';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { compareRecords } from '../src/analysis/compare.ts';
import type { Record } from '../src/records/schema.ts';
import { comparedCsv, recordCsv } from '../src/report/csv.ts';
import { bmf, gha, ghaTimes } from '../src/report/exports.ts';
import { reported, reportersOf } from '../src/report/reporters.ts';
import { listening } from './support/command.ts';
import { cases, draft } from './support/draft.ts';

const record: Record = { ...draft({ overrides: { note: 'a "quoted", note' } }), id: 'a' };
const failed: Record = {
  ...record,
  results: record.results.map((r) => ({ ...r, verdict: 'fail', speedup: null, timeNs: null })),
  means: record.means.map((mean) => ({ ...mean, arithmetic: null, withheld: 'fail' })),
};

/** bencher.dev/bmf.json, with the lengths that its reference allows a benchmark's and a measure's name. */
const Bmf = z.record(
  z.string().min(1).max(1024),
  z.record(
    z.string().min(1).max(64),
    z.strictObject({ value: z.number(), lower_value: z.number().optional(), upper_value: z.number().optional() }),
  ),
);
/** github-action-benchmark: the entries of customBiggerIsBetter and customSmallerIsBetter. */
const Gha = z
  .array(
    z.strictObject({
      name: z.string().min(1),
      unit: z.string().min(1),
      value: z.number(),
      range: z.string().optional(),
      extra: z.string().optional(),
    }),
  )
  .refine((entries) => new Set(entries.map(({ name }) => name)).size === entries.length, 'a name is there twice');

describe('Bencher', () => {
  test('the format holds speedups with their intervals, and latency in nanoseconds', () => {
    const data = Bmf.parse(JSON.parse(JSON.stringify(bmf(record))));
    expect(data['sgemm/mine-ts M64N64K64'].latency).toEqual({ value: 5e5 });
    expect(data['sgemm/mine-ts M64N64K64'].speedup.value).toBeCloseTo(2, 2);
    const { value, lower_value = 0, upper_value = 0 } = data['sgemm/mine-ts mean'].speedup;
    expect(lower_value < value && value < upper_value).toBe(true);
  });

  test('what was not measured is left out', () => {
    expect(bmf(failed)).toEqual({});
  });
});

describe('github-action-benchmark', () => {
  test('speedups for customBiggerIsBetter, times for customSmallerIsBetter', () => {
    const speedups = Gha.parse(JSON.parse(JSON.stringify(gha(record))));
    expect(speedups.map(({ name }) => name)).toEqual([
      'sgemm/mine-ts mean speedup',
      ...cases.map((c) => `sgemm/mine-ts ${c} speedup`),
    ]);
    expect(speedups[0]).toMatchObject({ unit: 'x', value: expect.closeTo(3, 2) });
    const times = Gha.parse(JSON.parse(JSON.stringify(ghaTimes(record))));
    expect(times[0]).toMatchObject({ name: 'sgemm/mine-ts M64N64K64', unit: 'ns', value: 5e5 });
    expect([gha(failed), ghaTimes(failed)]).toEqual([[], []]);
  });
});

describe('comma-separated values, as d3 reads them', () => {
  test('one line a candidate and case; what is not known is empty', () => {
    const rows = csvParse(recordCsv(record));
    expect(rows.map((row) => row.case)).toEqual([...cases]);
    expect(rows[0]).toMatchObject({ record: 'a', candidate: 'sgemm/mine-ts', verdict: 'pass', timeNs: '500000' });
    expect(csvParse(recordCsv(failed))[0]).toMatchObject({ verdict: 'fail', speedup: '', timeNs: '' });
  });

  test('quotes, commas and line ends survive', () => {
    const odd: Record = { ...record, name: 'a "b", c\nd' };
    expect(csvParse(recordCsv(odd))[0].name).toBe('a "b", c\nd');
  });

  test('a comparison: one line a change', () => {
    const rows = csvParse(
      comparedCsv([record, { ...record, id: 'b' }], compareRecords([record, { ...record, id: 'b' }])),
    );
    expect(rows).toHaveLength(3);
    expect(rows[0]).toMatchObject({ case: '', cases: '2', from: 'a', to: 'b', verdict: 'same' });
  });
});

describe('--reporter', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nfold-reporters-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('several files at once, whole ones, and stdout left alone', async () => {
    const wanted = ['csv', 'markdown', 'json', 'bmf', 'gha', 'gha-time'].map(
      (format) => `${format}=${folder}/${format}`,
    );
    const own = { code: 3, data: record, text: 'as the command says it' };
    const result = reported(reportersOf({ reporter: wanted }, 'record'), record, own, listening().io);
    expect(result).toMatchObject(own);
    expect(await result.after?.()).toEqual({ code: 3 });
    expect(readdirSync(folder).sort()).toEqual(['bmf', 'csv', 'gha', 'gha-time', 'json', 'markdown']);
    expect(JSON.parse(readFileSync(join(folder, 'json'), 'utf8'))).toEqual(JSON.parse(JSON.stringify(record)));
    expect(readFileSync(join(folder, 'markdown'), 'utf8')).toMatch(/\*\*sgemm\*\*\n\n\| candidate[\s\S]*a \\\| bar/);
  });

  test.each([
    [['cvs'], 'record', /no reporter 'cvs' for a record: it is one of json, markdown, csv, bmf, gha, gha-time/],
    [['bmf'], 'comparison', /no reporter 'bmf' for a comparison/],
    [['csv='], 'record', /names no file/],
    [['csv=/no/such/folder/x'], 'record', /no folder \/no\/such\/folder/],
    [['csv', 'json'], 'record', /cannot both have stdout/],
    [['csv=/dev/stdout', 'json=/dev/fd/1'], 'record', /cannot both have stdout/],
    [['csv=./a', 'json=a'], 'record', /cannot both have .*\/a: give each a file/],
    [['csv=/'], 'record', /csv=\/ cannot be written: it is a folder, not a file/],
  ] as const)('%j of a %s is refused before anything is measured', (reporter, subject, message) => {
    expect(() => reportersOf({ reporter }, subject)).toThrow(message);
  });
});
