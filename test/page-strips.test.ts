/** The strips of a page: a mark for each call and round of the record, and titles by what was found. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../src/files/places.ts';
import { noRuns } from '../src/page/runs.ts';
import { samples } from '../src/page/strips.ts';
import { subjectOf } from '../src/page/subject.ts';
import type { Record } from '../src/records/schema.ts';
import { loadRecord } from '../src/records/store.ts';
import { callRatios, ratios } from '../src/stats/speedup.ts';
import { type CaseOf, documentOf, recordOf } from './support/strips.ts';

const publishedRecords = join(packageRoot, 'bench/records');

const sectionOf = (...records: readonly Record[]) => samples(subjectOf(records))[0];

const named = (count: number, speedups = (i: number) => [2 + i, 2.1 + i]): CaseOf[] =>
  Array.from({ length: count }, (_, i) => ({ name: `N${i}`, speedups: speedups(i) }));

/** Marks of a class in one of the two widths, legends aside: a path holds many. */
function count(document: Document, name: string, width = 'wide', within = 'figure'): number {
  const paths = [...document.querySelectorAll(`${within} svg.${width} .strip path.${name}`)];
  return paths
    .filter((path) => path.getAttribute('class') === name.replaceAll('.', ' '))
    .reduce((sum, path) => sum + (path.getAttribute('d')?.match(/M/g)?.length ?? 0), 0);
}

describe('marks', () => {
  test.each(['wide', 'narrow'])('stand for every call and round, %s', (width) => {
    const waited: CaseOf = { name: 'late', speedups: [3, 3.1, 3.2], queuedNs: [0, 9e5] };
    const document = documentOf(sectionOf(recordOf([...named(3), waited])));
    expect(count(document, 'call', width)).toBe(2 * 6 + 3);
    expect(count(document, 'call.dropped', width)).toBe(3);
    expect(count(document, 'round', width)).toBe(6 + 3);
    expect(document.querySelectorAll(`svg.${width} .strip .band`)).toHaveLength(4);
    expect(document.querySelectorAll(`svg.${width} .strip .middle`)).toHaveLength(4);
  });

  test.each(['train_gpt2', 'sgemm', 'lm_ops'])('are as many as the samples of the published record of %s', (suite) => {
    const records = readdirSync(publishedRecords).map((name) => loadRecord(join(publishedRecords, name)));
    const { views } = subjectOf(records);
    const view = views.find((one) => one.suite.name === suite);
    const section = samples({ records, history: [], runs: noRuns, views: views.filter((one) => one === view) })[0];
    const shown = view?.suite.ops.map(
      (op) => view.rows.find(({ mean }) => mean.op === op && !mean.peer)?.mean.candidate,
    );
    const own = view?.record.samples.filter(({ variant }) => shown?.includes(variant)) ?? [];
    const drawn = documentOf(section);
    const [calls, rounds] = [
      own.flatMap(({ timeNs }) => timeNs).length,
      new Set(own.map((s) => `${s.op} ${s.case} ${s.round}`)).size,
    ];
    expect(rounds).toBeGreaterThan(10);
    // Rounds without a calm turn have no ratio.
    expect(count(drawn, 'round')).toBeGreaterThan(0.9 * rounds);
    expect(count(drawn, 'round')).toBeLessThanOrEqual(rounds);
    expect(count(drawn, 'call') + count(drawn, 'call.dropped')).toBe(suite === 'lm_ops' ? 0 : calls);
  });

  test('of very many calls can be drawn', () => {
    const record = recordOf([{ name: 'a', speedups: [2, 3], queuedNs: null }]);
    const times = record.samples.map((s) => ({ ...s, timeNs: Array.from({ length: 200_000 }, () => s.timeNs[0]) }));
    expect(sectionOf({ ...record, samples: times }).title).toBe('sgemm: every call is more than 2× as fast');
    expect(count(documentOf(sectionOf({ ...record, samples: times })), 'call')).toBe(400_000);
  });

  test('lie at the speedup of each call, on the axis of the ticks', () => {
    const document = documentOf(sectionOf(recordOf([{ name: 'a', speedups: [1, 10] }])));
    const tick = (text: string) =>
      Number(
        [...document.querySelectorAll('svg.wide text.tick')].find((t) => t.textContent === text)?.getAttribute('x'),
      );
    const xs = [...document.querySelectorAll('svg.wide .strip path.round')].map(
      (path) => path.getAttribute('d')?.slice(1).split(' ')[0],
    );
    // The center of the two calls of a round is a twentieth slower than the first.
    const decade = tick('10×') - tick('1×');
    for (const [i, x] of xs.entries()) expect(Number(x)).toBeCloseTo(tick('1×') + decade * (i - Math.log10(1.05)), 0);
    const calls = [...document.querySelectorAll('svg.wide .strip path.call')].map(
      (path) => path.getAttribute('d') ?? '',
    );
    expect(calls.map((d) => Number(d.slice(1).split(' ')[0]))).toEqual([tick('1×'), tick('10×')]);
  });

  test('of a single case form one tall strip with the numbers of its rounds', () => {
    const document = documentOf(sectionOf(recordOf([{ name: 'alone', speedups: [2, 3, 4] }])));
    const text = document.querySelector('svg.wide')?.textContent;
    for (const word of ['round 1', 'round 2', 'round 3', 'alone']) expect(text).toContain(word);
  });

  test('of 200 cases are rounds, a row of 12 pixels each, and the calls of ten', () => {
    const section = sectionOf(recordOf(named(200)));
    const document = documentOf(section);
    expect(count(document, 'round', 'wide', '.see > figure')).toBe(400);
    expect(count(document, 'call', 'wide', '.see > figure')).toBe(0);
    expect(count(document, 'call', 'wide', 'details')).toBe(10 * 4);
    expect(Number(document.querySelector('svg.wide')?.getAttribute('height'))).toBeLessThan(12 * 200 + 80);
    expect(section.table?.rows).toHaveLength(200);
    expect(document.toString().length).toBeLessThan(400_000);
  });

  test('of many rounds stay in a strip of a screen', () => {
    const rounds = Array.from({ length: 42 }, (_, i) => 2 + i / 100);
    const document = documentOf(sectionOf(recordOf(named(2, () => rounds))));
    expect(count(document, 'round')).toBe(84);
    expect(Number(document.querySelector('svg.wide')?.getAttribute('height'))).toBeLessThan(400);
  });

  test('that wait long beyond the axis are triangles at its edge', () => {
    const late: CaseOf = { name: 'late', speedups: [4, 0.001], queuedNs: [0, 0] };
    const record = recordOf([late, ...named(3)]);
    const slow = record.samples.map((s) =>
      s.case === 'late' && s.round === 1 && s.variant !== 'sgemm/baseline' ? { ...s, queuedNs: s.timeNs } : s,
    );
    const document = documentOf(sectionOf({ ...record, samples: slow }));
    const out = document.querySelector('svg.wide .strip path.dropped')?.getAttribute('d');
    expect(out?.match(/l6 -3v6z/g)).toHaveLength(2);
    expect(document.querySelector('svg.wide .legend')?.textContent).toContain('further left');
  });
});

describe('the title says what was found:', () => {
  const late = { queuedNs: [9e9, 9e9] as const };
  test.each<[string, CaseOf[], string]>([
    ['clear', named(3), 'sgemm: every calm call is more than 1.8× as fast; N2 has the widest interval'],
    ['one case', named(1), 'sgemm: every calm call is more than 1.8× as fast'],
    ['slower', named(1, () => [0.5, 0.6]), 'sgemm: every calm call is slower than the baseline'],
    ['overlapping', named(1, () => [0.9, 1.5]), 'sgemm: 2 of 4 calm calls are no faster than the baseline'],
    [
      'many left out',
      [...named(3), { name: 'late', speedups: [3], ...late }],
      'sgemm: every calm call is more than 1.8× as fast; 2 of 14 calls are left out',
    ],
    [
      'that would have misled',
      [...named(3), { name: 'late', speedups: [0.2], ...late }],
      'sgemm: a busy machine cost 2 of 14 calls, which would have read as slow kernels',
    ],
    ['nothing calm', [{ name: 'late', speedups: [3, 4], ...late }], 'sgemm: no call was calm, so there is no speedup'],
    ['no account', named(1).map((one) => ({ ...one, queuedNs: null })), 'sgemm: every call is more than 1.8× as fast'],
    ['many cases', named(40), 'sgemm: every round is more than 1.9× as fast; N39 has the widest interval'],
  ])('%s', (_, cases, title) => {
    const record = recordOf(cases);
    const wider = record.results.map((result, i) => ({
      ...result,
      speedup: result.speedup && { ...result.speedup, high: result.speedup.value * (1.2 + i / 10) },
    }));
    expect(sectionOf({ ...record, results: wider }).title).toBe(title);
  });
});

describe('what is withheld or missing', () => {
  test('a case without a speedup keeps its strip, and says why in the table', () => {
    const record = recordOf(named(2));
    const [first, ...others] = record.results;
    const results = [{ ...first, speedup: null, disturbed: 'its calls waited' }, ...others];
    const section = sectionOf({ ...record, results });
    const document = documentOf(section);
    expect(count(document, 'call')).toBe(8);
    expect(document.querySelectorAll('svg.wide .strip .band')).toHaveLength(1);
    expect(document.querySelector('svg.wide')?.textContent).toContain('no speedup');
    // Those without a speedup come last.
    expect(section.table?.rows[1].slice(0, 3)).toEqual(['N0', { text: 'withheld', by: 0 }, 'its calls waited']);
  });

  test('without any speedup, the title says so', () => {
    const record = recordOf(named(2));
    const results = record.results.map((result) => ({ ...result, speedup: null, disturbed: 'too wide' }));
    expect(sectionOf({ ...record, results }).title).toBe('sgemm: all speedups are withheld');
  });

  test('a withheld mean hides no samples, and a record without samples has no section', () => {
    const record = recordOf(named(2));
    const means = record.means.map((mean) => ({ ...mean, arithmetic: null, withheld: 'disturbed' }));
    expect(count(documentOf(sectionOf({ ...record, means })), 'call')).toBe(8);
    expect(samples(subjectOf([{ ...record, samples: [] }]))).toEqual([]);
  });

  test('one round has no interval', () => {
    const record = recordOf([{ name: 'a', speedups: [2] }]);
    const results = record.results.map((result) => ({ ...result, speedup: { value: 2, low: null, high: null } }));
    const document = documentOf(sectionOf({ ...record, results }));
    expect(document.querySelector('svg.wide .strip .band')?.getAttribute('width')).toBe('0');
    expect(document.querySelector('svg.wide')?.textContent).toContain('one round, no interval');
  });
});

test('a record of version 1 has strips, one line a round', () => {
  const record = loadRecord(join(packageRoot, 'test/fixtures/records/version-1.json'));
  const found = samples(subjectOf([record]));
  expect(found.length).toBeGreaterThan(0);
  for (const section of found) expect(count(documentOf(section), 'call')).toBeGreaterThan(10);
});

test('two machines have two sections, two suites two names, and all anchors differ', () => {
  const [here, there] = ['a b', 'c'].map((name, i) =>
    recordOf(named(2), { machine: { ...recordOf([]).machine, class: name }, createdAt: `2026-11-2${i}T10:00:00.000Z` }),
  );
  const found = samples(subjectOf([here, there]));
  expect(found.map(({ id }) => id)).toEqual(['samples-sgemm', 'samples-sgemm-2']);
  expect(found.map(({ title }) => title.split(':')[0]).sort()).toEqual(['sgemm on a b', 'sgemm on c']);
});

test('names from a record are text, and cut where they have no room', () => {
  const name = `<img src=x onerror=alert(1)>${'y'.repeat(80)}`;
  const document = documentOf(sectionOf(recordOf([{ name, speedups: [2, 3] }, ...named(1)])));
  expect(document.querySelector('img')).toBeNull();
  expect(document.querySelector('tbody th')?.textContent).toContain(name);
  const labels = [...document.querySelectorAll('svg.narrow .mono')].map((text) => text.textContent ?? '');
  expect(Math.max(...labels.map(({ length }) => length))).toBeLessThan(40);
});

test('the ratio of a turn is that of the round, and a turn without a calm call of the baseline is left out', () => {
  const [record] = [recordOf([{ name: 'a', speedups: [2, 4] }])];
  const of = (some: Record['samples']) => [some, 'sgemm/baseline', 'sgemm/mine-ts', 'a'] as const;
  const values = callRatios(...of(record.samples));
  expect(values.map(({ round, value }) => [round, Number(value.toFixed(3))])).toEqual([
    [0, 2],
    [0, 1.818],
    [1, 4],
    [1, 3.636],
  ]);
  expect(ratios(...of(record.samples)).get(0)).toBeGreaterThan(1.8);
  const disturbed = record.samples.map((s) =>
    s.variant === 'sgemm/baseline' && s.round === 0 ? { ...s, queuedNs: [1e6] } : s,
  );
  expect(callRatios(...of(disturbed)).map(({ isLeftOut }) => isLeftOut)).toEqual([true, true, false, false]);
  expect([...ratios(...of(disturbed)).keys()]).toEqual([1]);
});
