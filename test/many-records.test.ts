/** Comparisons of more records than the alphabet has letters, in every format; and of records of two machines. */
import { describe, expect, test } from 'vitest';
import { compareRecords } from '../src/analysis/compare.ts';
import type { Record } from '../src/records/schema.ts';
import { letter } from '../src/report/classes.ts';
import { markdownCompared, reportCompared } from '../src/report/compare.ts';
import { comparedCsv } from '../src/report/csv.ts';
import { draft } from './support/draft.ts';

const records = (count: number): Record[] =>
  Array.from({ length: count }, (_, i) => ({ ...draft(), id: `20261125-100000-${i}`, name: `run${i}` }));

test('A to Z, AA to ZZ, AAA', () => {
  expect([0, 25, 26, 27, 51, 52, 99, 701, 702].map(letter)).toEqual([
    'A',
    'Z',
    'AA',
    'AB',
    'AZ',
    'BA',
    'CV',
    'ZZ',
    'AAA',
  ]);
  expect(new Set(Array.from({ length: 2000 }, (_, i) => letter(i))).size).toBe(2000);
});

describe('a hundred records', () => {
  const many = records(100);
  const compared = compareRecords(many);

  test('stand below each other in the terminal, a line each, no line longer than for five', () => {
    const widest = (text: string) =>
      Math.max(
        ...text
          .split('\n')
          .filter((line) => !line.startsWith('A and'))
          .map((line) => line.length),
      );
    const text = reportCompared(many, compared);
    expect(text).toMatch(/^CV {2}20261125-100000-99 /m);
    expect(text).toMatch(/^ +CV run99 +3\.00x .* 1\.000 .* same /m);
    expect(text).toMatch(/^A and B, C, .*, CU, CV: same machine, Node, flags, baselines and sources\.$/m);
    expect(text).toMatch(/^CV against A: Of 1 candidate in both: 1 same\.$/m);
    expect(text).not.toMatch(/[[\\\]^_`] run/);
    expect(widest(text)).toBeLessThanOrEqual(
      widest(reportCompared(many.slice(0, 5), compareRecords(many.slice(0, 5)))) + 4,
    );
  });

  test('and in Markdown', () => {
    const lines = markdownCompared(many, compared).split('\n');
    expect(lines[0]).toBe('| candidate | case | record | speedup | / A | 95 % interval | verdict |');
    expect(lines.filter((line) => line.startsWith('| sgemm/mine-ts | M64N64K64 |'))).toHaveLength(100);
    expect(lines.filter((line) => line.includes('| CV (run99) | '))).toHaveLength(3);
  });

  test('and in CSV, by their ids', () => {
    const lines = comparedCsv(many, compared).trimEnd().split('\r\n');
    expect(lines).toHaveLength(1 + 99 * 3);
    expect(lines.at(-1)).toContain('20261125-100000-0,20261125-100000-99,');
  });
});

test('up to four records stand side by side', () => {
  const four = records(4);
  expect(reportCompared(four, compareRecords(four))).toMatch(
    /A run0 .*B run1 .*C run2 .*D run3 .* B \/ A .* C \/ A .* D \/ A /,
  );
});
