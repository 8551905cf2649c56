/** The section `comparison`: which records are compared, its marks against the cases, the warnings, and the titles by condition. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Row } from '../src/analysis/compare.ts';
import { comparisons, comparisonTitle } from '../src/page/comparison.ts';
import { subjectOf } from '../src/page/subject.ts';
import { saveRecord } from '../src/records/store.ts';
import type { ComparisonVerdict } from '../src/stats/verdict.ts';
import { nfold } from './support/command.ts';
import { draft, type Made } from './support/draft.ts';
import { daily, documentOf, elsewhere, marks, oneRound, rounds } from './support/histories.ts';

const at = (factor: number, made: Made = {}): Made => ({ speedups: rounds(factor), ...made });
const sectionsOf = (all: readonly Made[]) => comparisons(subjectOf(daily(all)));
const wide = (factor: number): Made => ({
  speedups: [2, 4].map((v) => [1, 1.4, 0.6].map((noise) => v * factor * noise)),
});

describe('titles', () => {
  test.each<[string, Made[], string | undefined]>([
    ['one record has no section', [at(1)], undefined],
    ['faster', [at(1), at(2)], 'sgemm/mine-ts is 2.00× as fast as before'],
    ['slower', [at(1), at(0.5)], 'sgemm/mine-ts is slower: 0.500× as fast as before'],
    ['the same', [at(1), at(1)], 'sgemm/mine-ts is as fast as before'],
    ['inconclusive', [wide(1), wide(1.1)], 'Whether sgemm/mine-ts changed cannot be told: the intervals are too wide'],
    [
      'one round',
      [at(1), at(1, { overrides: oneRound() })],
      'Whether sgemm/mine-ts changed cannot be told: a record has one round only',
    ],
    [
      'nothing in both',
      [at(1), at(1, { candidate: 'sgemm/other-ts' })],
      'No case of a candidate was timed in both records',
    ],
    [
      'another baseline',
      [at(1), at(2, { baselineHash: 'new' })],
      'The baselines differ, so the records do not compare',
    ],
    ['another machine', [at(1), at(2, { overrides: elsewhere })], 'sgemm/mine-ts is 2.00× as fast, on another machine'],
  ])('%s', (_, all, title) => {
    expect(sectionsOf(all)[0]?.title).toBe(title);
  });

  const row = (verdict: ComparisonVerdict | null): Row => {
    const ratio = { value: 1.2, low: 1.1, high: 1.3 };
    return {
      op: 'sgemm',
      candidate: `sgemm/${verdict}`,
      peer: false,
      case: null,
      cases: 2,
      sides: [],
      changes: [{ ratio, verdict }],
    };
  };
  test.each<[(ComparisonVerdict | null)[], string]>([
    [
      ['faster', 'faster', 'slower', 'same', 'inconclusive'],
      'Of 5 candidates, 2 are faster, 1 is slower, 1 is the same and 1 cannot be told',
    ],
    [['same', null], 'Of 2 candidates, 1 is the same and 1 cannot be told'],
    [['inconclusive', null], 'Whether any of 2 candidates changed cannot be told'],
  ])('several candidates: %j', (verdicts, title) => {
    expect(comparisonTitle(verdicts.map(row))).toBe(title);
  });
});

test('a row for the mean and for each case, the verdict as shape, colour and word, a gain as long as a loss', () => {
  const [[up, , one], [down]] = [2, 0.5].map((factor) => {
    const svg = documentOf(sectionsOf([at(1), at(factor)])[0]).querySelector('svg.wide');
    const [x] =
      /^M([\d.]+)/
        .exec(svg?.querySelector('.point')?.getAttribute('d') ?? '')
        ?.slice(1)
        .map(Number) ?? [];
    return [x, svg, Number(svg?.querySelector('line.one')?.getAttribute('x1'))];
  }) as [number, Element, number][];
  expect(up - one).toBeCloseTo(one - down, 0);
  const document = documentOf(sectionsOf([at(1), at(2)])[0]);
  expect([marks(document, 'compared'), marks(document, 'point.faster'), marks(document, 'estimate')]).toEqual([
    3, 3, 3,
  ]);
  expect([...document.querySelectorAll('svg.wide text.faster')].map(({ textContent }) => textContent)).toEqual(
    Array(3).fill(expect.stringMatching(/^2\.000× faster\[/)),
  );
  expect([...document.querySelectorAll('tbody tr')]).toHaveLength(3);
});

test('the newest is compared with the first of its machine, the others have a row of the table', () => {
  const sections = sectionsOf([at(1), at(9, { overrides: elsewhere }), at(3), at(2), at(9, { overrides: elsewhere })]);
  expect(sections.map(({ id, title }) => [id, title])).toEqual([
    ['comparison1', 'sgemm/mine-ts is 2.00× as fast as before'],
    ['comparison2', 'sgemm/mine-ts is as fast as before'],
  ]);
  const cells = (sections[0].table?.rows ?? []).map((row) =>
    row.map((cell) => (typeof cell === 'string' ? cell : cell.text)),
  );
  expect(cells.map(([, name, , before, after, , , verdict]) => [name, before, after, verdict])).toEqual([
    ['mean of 2', '3.00×', '6.00×', 'faster'],
    ['M64N64K64', '2.00×', '4.00×', 'faster'],
    ['M128N128K128', '4.00×', '8.00×', 'faster'],
    ['mean of 2', '3.00×', '9.00×', 'faster'],
  ]);
});

test('what differs, other machines and baselines, and what is in one record only are said', () => {
  const [same] = sectionsOf([at(1), at(1)]);
  expect(documentOf(same).querySelector('.say')?.textContent).toContain(
    'Machine, Node, flags, baselines and sources are the same.',
  );
  const [other] = sectionsOf([at(1), at(2, { hash: 'new', baselineHash: 'new', overrides: elsewhere })]);
  const said = documentOf(other).querySelector('.say')?.textContent;
  for (const part of [
    'source of sgemm/mine-ts: aaaa → new',
    'baseline of sgemm: bbbb → new',
    'Another machine: speedups compare, with care',
    'The baseline of sgemm is another one',
  ])
    expect(said).toContain(part);
  expect(marks(documentOf(other), 'point')).toBe(0);
  const [only] = sectionsOf([at(1), at(1, { candidate: 'sgemm/other-ts' })]);
  expect(documentOf(only).querySelector('.note')?.textContent).toMatch(
    /Only in \S+: sgemm\/mine-ts\.Only in \S+: sgemm\/other-ts\./,
  );
});

test('two hundred cases: both ends are drawn, and the table has all', () => {
  const names = Array.from({ length: 200 }, (_, i) => `M${i}N64K64`);
  const records = daily([at(1), at(2)]).map((record) => ({
    ...record,
    results: names.map((name) => ({ ...record.results[0], case: name })),
    samples: names.flatMap((name) =>
      record.samples.filter((s) => s.case === 'M64N64K64').map((s) => ({ ...s, case: name })),
    ),
  }));
  const [section] = comparisons(subjectOf(records));
  const document = documentOf(section);
  expect([marks(document, 'compared'), section.table?.rows.length]).toEqual([21, 201]);
  expect(document.querySelector('.panel h3')?.textContent).toContain('180 cases between these are in the table');
});

test('two references to one record are one', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nfold-page-comparison-'));
  try {
    const { record, file } = saveRecord(draft({ overrides: { name: 'mine' } }), join(folder, '.nfold/records'));
    const report = async (...references: string[]) => {
      const { stdout } = await nfold(['report', ...references, '--json'], { cwd: folder });
      const { records, sections } = JSON.parse(stdout);
      return [records, sections.filter(({ id }: { id: string }) => id.startsWith('comparison'))];
    };
    expect(await report('last', 'mine', record.id, file, `./.nfold/records/${record.id}.json`)).toEqual([
      [record.id],
      [],
    ]);
    const other = saveRecord(draft(), join(folder, '.nfold/records')).record;
    expect(await report('mine', 'last')).toEqual([
      [record.id, other.id],
      [{ id: 'comparison', title: 'sgemm/mine-ts is as fast as before' }],
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
