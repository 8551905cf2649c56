/** The section `history`: its marks against the records, its titles by condition, and what makes no line. */
import { describe, expect, test } from 'vitest';
import { histories } from '../src/page/history.ts';
import { subjectOf } from '../src/page/subject.ts';
import type { Record } from '../src/records/schema.ts';
import type { Made } from './support/draft.ts';
import { daily, documentOf, elsewhere, failed, marks, oneRound, rounds, withheld } from './support/histories.ts';

const at = (factor: number, made: Made = {}): Made => ({ speedups: rounds(factor), ...made });
const sectionOf = (records: readonly Record[]) => histories(subjectOf(records))[0];
const titleOf = (all: readonly Made[]) => sectionOf(daily(all))?.title;
const times = (count: number, made: Made): Made[] => Array.from({ length: count }, () => made);
const other = { candidate: 'sgemm/other-ts' };

describe('titles', () => {
  test.each<[string, Made[], string | RegExp | undefined]>([
    ['one record has no section', [at(1)], undefined],
    ['no change', times(3, at(1)), 'No change of sgemm/mine-ts shows in 3 records with a mean'],
    [
      'a new source',
      [...times(3, at(1)), ...times(2, at(2, { hash: 'new' }))],
      'sgemm/mine-ts became 2.00× as fast, with a new source',
    ],
    [
      'no reason',
      [...times(3, at(1)), at(0.5)],
      'sgemm/mine-ts became 0.500× as fast, for no reason that the records tell',
    ],
    [
      'several changes',
      [at(1), at(2), at(1, { hash: 'new', overrides: { threads: 1 } }), at(2, { overrides: { threads: 1 } })],
      /^sgemm\/mine-ts changed 2 times; at last it became 2\.00× as fast, with a new source$/,
    ],
    [
      'another baseline is no change',
      [at(1), at(3, { baselineHash: 'new' })],
      '2 records, but no candidate has two means that compare',
    ],
    [
      'other threads neither',
      [at(1), at(3, { overrides: { threads: 1 } })],
      '2 records, but no candidate has two means that compare',
    ],
    [
      'one round each',
      times(2, at(1, { overrides: oneRound() })),
      /^2 records with a mean, of one round each: nothing tells/,
    ],
    ['one mean', [at(1), at(1, { overrides: withheld() })], '2 records, but no candidate has two means that compare'],
    ['no mean', times(2, at(1, { overrides: withheld() })), '2 records, and a mean in none of them'],
    [
      'two machines, each with its line',
      [at(1), at(9, { overrides: elsewhere }), at(1), at(9, { overrides: elsewhere })],
      'No change of sgemm/mine-ts shows in 4 records with a mean',
    ],
    [
      'a change on one of two machines',
      [at(1), at(9, { overrides: elsewhere }), at(2), at(9, { overrides: elsewhere })],
      'sgemm/mine-ts became 2.00× as fast on amd-zen3-avx2-2c, for no reason that the records tell',
    ],
  ])('%s', (_, all, title) => {
    if (typeof title === 'object') expect(titleOf(all)).toMatch(title);
    else expect(titleOf(all)).toBe(title);
  });

  test('several candidates', () => {
    const both = (factor: number): Record => {
      const [mine] = daily([at(1)]);
      const [second] = daily([at(factor, other)]);
      const all = ['candidates', 'results', 'means'] as const;
      return { ...second, ...Object.fromEntries(all.map((key) => [key, [...mine[key], ...second[key]]])) };
    };
    const records = [1, 1, 2].map((factor, i) => ({ ...both(factor), id: `${i}` }));
    expect(sectionOf(records.slice(0, 2)).title).toBe('No change of 2 candidates shows in 2 records with a mean');
    expect(sectionOf(records).title).toMatch(
      /^1 of 2 candidates changed; at last sgemm\/other-ts became 2\.00× as fast/,
    );
    // The best one is seen at once, the other behind `more`.
    expect(documentOf(sectionOf(records)).querySelector('details > summary')?.textContent).toBe('1 more candidate');
  });
});

describe('forty records', () => {
  const name = '<b onload=x>'.padEnd(40, 'y');
  const all = Array.from({ length: 40 }, (_, i): Made => {
    const overrides = i === 7 ? withheld() : i === 9 ? failed() : i === 12 ? { name } : {};
    return at(i < 20 ? 1 : 1.5, { hash: i < 20 ? 'old' : 'new', overrides });
  });
  const records = daily(all);
  const section = sectionOf(records);
  const document = documentOf(section);

  test('have a mark each, and a step each side of the change', () => {
    expect(['moment', 'blessed', 'gap', 'failed', 'step', 'bars', 'change'].map((one) => marks(document, one))).toEqual(
      [37, 1, 1, 1, 2, 38, 1],
    );
    expect([...document.querySelectorAll('ol.numbered li')].map(({ textContent }) => textContent)).toEqual([
      expect.stringMatching(
        /^sgemm\/mine-ts: 1\.50× as fast \[1\.\d+, 1\.\d+\] since 20261021-.* with a new source\.$/,
      ),
    ]);
    expect(document.querySelector('svg')?.getAttribute('aria-label')).toMatch(
      /: 40 records, in steps of 3\.00× over 18 records and 4\.50× over 20 records; 1 change; 2 without a mean\.$/,
    );
  });

  test('have a row each, and a name is text', () => {
    expect(section.table?.rows).toHaveLength(40);
    expect(document.querySelector('b[onload]')).toBeNull();
    expect(document.querySelector('table')?.textContent).toContain(name);
    expect(document.querySelector('svg.wide')?.textContent).toContain(`${name.slice(0, 17)}…`);
  });

  test('far more are cut to the newest', () => {
    const many = sectionOf(daily(times(120, at(1))));
    expect(many.table?.rows).toHaveLength(80);
  });
});

test('two machines stand side by side on one scale, and no line leads from one to the other', () => {
  const document = documentOf(
    sectionOf(daily([at(1), at(9, { overrides: elsewhere }), at(1), at(9, { overrides: elsewhere })])),
  );
  const panels = [...document.querySelectorAll('.beside > div')];
  expect(panels.map((panel) => panel.querySelector('h3')?.textContent)).toEqual([
    expect.stringContaining('on amd-zen3-avx2-2c'),
    expect.stringContaining('on intel-icelake-avx512-8c'),
  ]);
  const ticks = panels.map((panel) =>
    [...panel.querySelectorAll('svg.narrow text.tick[text-anchor=end]')].map(({ textContent }) => textContent),
  );
  expect(ticks[0]).toEqual(ticks[1]);
  expect(marks(document, 'step')).toBe(2);
});

test('a line that does not compare with the one before is marked, with the reason', () => {
  const document = documentOf(
    sectionOf(daily([at(1), at(1), at(1, { baselineHash: 'new' }), at(1, { baselineHash: 'new' })])),
  );
  expect([marks(document, 'step'), marks(document, 'change')]).toEqual([2, 1]);
  expect(document.querySelector('ol.numbered')?.textContent).toMatch(
    /not to be compared with before since .* with a new baseline\./,
  );
});

test('records of version 1 have lines as well', () => {
  const [first, second] = daily([at(1), at(1)]).map((record) => ({
    ...record,
    threads: null,
    machine: { ...record.machine, class: null },
  }));
  expect(sectionOf([first, second]).title).toBe('No change of sgemm/mine-ts shows in 2 records with a mean');
});
