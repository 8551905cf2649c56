/** The roofline of a page: every case and ceiling has a mark, ceilings are those that apply, and titles follow the shares. */
import { describe, expect, test } from 'vitest';
import { flagsOf } from '../src/page/labels.ts';
import { rooflines, rooflineTitle } from '../src/page/roofline.ts';
import { ceilingsOf, type Point } from '../src/page/rooflineData.ts';
import { subjectOf } from '../src/page/subject.ts';
import type { Record } from '../src/records/schema.ts';
import { example, scaled } from './support/ceilings.ts';
import { documentOf, recordOf } from './support/strips.ts';

const cases = ['a', 'b', 'c'].map((name, i) => ({ name, speedups: [4 + i, 5 + i] }));
const peak = { bound: 'compute', name: '128-bit FMA, 1 thread', value: 50, unit: 'Gflop/s' } as const;
const speeds = { gflops: 20, gbPerSecond: 4, percentOfPeak: 40, peak };

const withoutSets = recordOf(cases, {}, speeds);
const { caches, revectorized, fma, bandwidth, measuredAt, cores } = example;
const set = { ops: ['sgemm'], measuredAt, cores, caches, revectorized, fma, bandwidth };
const withSets = recordOf(cases, { ceilings: [set] }, speeds);

const sectionsOf = (...records: readonly Record[]) => rooflines(subjectOf(records));
const documentOfFirst = (...records: readonly Record[]) => documentOf(sectionsOf(...records)[0]);

/** The candidate of an op, or a peer, as a row of its own with its results. */
function withOp(record: Record, op: string, change: object, candidate = `${op}/x`, peer = false): Record {
  const own = { op, candidate, peer };
  return {
    ...record,
    suites: record.suites.map((suite) => ({ ...suite, ops: [...new Set([...suite.ops, op])] })),
    candidates: [...record.candidates, { ...record.candidates[0], ...own }],
    means: [...record.means, { ...record.means[0], ...own }],
    results: [...record.results, ...recordOf(cases, {}, { ...speeds, ...own, ...change }).results],
  };
}

describe('marks', () => {
  test.each(['wide', 'narrow'])('stand for each case, kernel, baseline and ceiling, %s', (width) => {
    const record = withOp(withOp(withSets, 'gelu', { gflops: 2 }), 'sgemm', { gflops: 5 }, 'a-library', true);
    const document = documentOfFirst(record);
    const all = (selector: string) => [...document.querySelectorAll(`svg.${width} > ${selector}`)];
    const points = all('path.case').flatMap((path) => path.getAttribute('d')?.match(/M/g) ?? []);
    expect(points).toHaveLength(6);
    expect(all('circle.spot')).toHaveLength(2);
    expect(all('path.spot.peer')).toHaveLength(1);
    expect(all('circle.from')).toHaveLength(2);
    expect(all('path.lift')).toHaveLength(2);
    // One thread at 128 bits, a peer's 256, and the levels.
    expect(all('path.roof')).toHaveLength(2 + 4);
    expect(all('path.over')).toHaveLength(1);
    const text = document.querySelector(`svg.${width}`)?.textContent ?? '';
    for (const name of [
      '128-bit FMA, 1 thread: 50',
      '256-bit FMA, 1 thread: 100',
      'L2: 40.0 GB/s',
      'memory: 10.0 GB/s',
      'sgemm',
      'gelu',
    ])
      expect(text).toContain(name);
    expect(document.querySelectorAll('tbody tr')).toHaveLength(3);
  });

  test('stand above their baseline by the speedup', () => {
    const document = documentOfFirst(recordOf([{ name: 'a', speedups: [10, 10] }], {}, { ...speeds, gflops: 10 }));
    const [, from, to] =
      document
        .querySelector('svg.wide path.lift')
        ?.getAttribute('d')
        ?.match(/ ([\d.]+)V([\d.]+)/) ?? [];
    const ticks = [...document.querySelectorAll('svg.wide text.tick[text-anchor="end"]')];
    const known = ticks.map((tick) => [Number(tick.textContent), Number(tick.getAttribute('y')) - 4]);
    const [[low, lowest], [high, highest]] = [known[0], known[known.length - 1]];
    const decade = (lowest - highest) / Math.log10(high / low);
    expect(Number(from) - Number(to)).toBeCloseTo(decade, 0);
  });
});

describe('ceilings', () => {
  const namesOf = (...records: readonly Record[]) =>
    ceilingsOf(subjectOf(records).views).map(({ name, value }) => `${name} ${value}`);

  test('are those of the record for the width and threads of what is shown', () => {
    expect(namesOf(withSets)).toEqual(
      expect.arrayContaining([
        '128-bit FMA, 1 thread 50',
        '128-bit L1 bandwidth, 1 thread 80',
        '128-bit memory bandwidth, 1 thread 10',
      ]),
    );
    expect(namesOf(withSets)).toHaveLength(5);
  });

  test('are those that bound a case, in an older record', () => {
    expect(namesOf(withoutSets)).toEqual(['128-bit FMA, 1 thread 50']);
    expect(documentOfFirst(withoutSets).querySelector('.note')?.textContent).toContain(
      'only those ceilings that bound a case',
    );
  });

  test('are the highest, where the speed of the machine changed', () => {
    const faster = { ...set, ...scaled(2), ops: ['gelu'] };
    const record = withOp({ ...withSets, ceilings: [set, faster] }, 'gelu', {});
    expect(namesOf(record)).toContain('128-bit FMA, 1 thread 100');
    expect(namesOf(record)).not.toContain('128-bit FMA, 1 thread 50');
    expect(documentOfFirst(record).querySelector('.note')?.textContent).toContain('The speed of the machine changed');
  });

  test('that are missing leave a sentence with the remedy', () => {
    const [section, ...others] = sectionsOf(recordOf(cases, {}, { ...speeds, percentOfPeak: null, peak: null }));
    expect(others).toEqual([]);
    expect(section).toMatchObject({ id: 'roofline', title: expect.stringContaining('No ceiling of this machine') });
    expect(documentOf(section).querySelector('.see')?.textContent).toContain('Run nfold peak');
  });
});

test('cases without known bytes, speed or work are left out and counted', () => {
  const [first, second, third] = withSets.results;
  const results = [{ ...first, gbPerSecond: null }, { ...second, gflops: 0 }, third];
  const document = documentOfFirst({ ...withSets, results });
  expect(document.querySelector('.note')?.textContent).toContain(
    'Left out: 2 cases whose speed or bytes are not known.',
  );
  expect(document.querySelectorAll('svg.wide > path.case')).toHaveLength(1);
  const [none] = sectionsOf({ ...withSets, results: results.slice(0, 2) });
  expect(none.title).toBe('No case has both a speed and known bytes, so there is no roofline');
  expect(sectionsOf({ ...withSets, results: [] })).toEqual([]);
});

describe('the title tells the shares by bound:', () => {
  const point = (op: string, bound: Point['bound'], mean: number | null, peer = false): Point => ({
    ...{ op, candidate: `${op}/x`, peer, isMain: false, x: 1, y: 1, baseline: 1, cases: [], bound, ceilings: [] },
    share: mean === null ? null : { mean, least: mean, greatest: mean },
  });
  const many = (bound: Point['bound'], ...means: number[]) => means.map((mean, i) => point(`op${i}`, bound, mean));
  test.each<[string, Point[], string]>([
    [
      'both',
      [...many('compute', 68, 56, 60), ...many('memory', 3.4, 34, 20)],
      'Kernels bound by arithmetic reach 56 to 68 % of their FMA ceiling, those bound by memory 3 to 34 % of their bandwidth',
    ],
    ['one kernel', [point('sgemm', 'compute', 58.4)], 'sgemm reaches 58 % of its FMA ceiling'],
    [
      'one and many',
      [point('a', 'compute', 5), ...many('memory', 3, 34, 20)],
      'a reaches 5 % of its FMA ceiling, kernels bound by memory reach 3 to 34 % of their bandwidth',
    ],
    ['two kernels', [point('a', 'memory', 5), point('b', 'memory', 8)], 'a and b reach 5 to 8 % of their bandwidth'],
    [
      'one of each',
      [point('a', 'compute', 5), point('b', 'memory', 0.25)],
      'a reaches 5 % of its FMA ceiling, b reaches 0.25 % of its bandwidth',
    ],
    [
      'peers do not count',
      [point('a', 'compute', 5), point('a', 'compute', 90, true)],
      'a reaches 5 % of its FMA ceiling',
    ],
    ['no share', [point('a', null, null)], '1 kernel under the measured ceilings'],
  ])('%s', (_, points, title) => expect(rooflineTitle(points)).toBe(title));
});

test('two machines have a section each, and no point of one lies in that of the other', () => {
  const there = { ...withSets, machine: { ...withSets.machine, class: 'there' } };
  const found = sectionsOf(withSets, there);
  expect(found.map(({ id }) => id)).toEqual(['roofline', 'roofline-2']);
  expect(found.map(({ title }) => title.split(': ')[0]).sort()).toEqual(['amd-zen3-avx2-2c', 'there']);
  for (const section of found) expect(documentOf(section).querySelectorAll('svg.wide > circle.spot')).toHaveLength(1);
});

test('60 kernels have numbers, and their names below', () => {
  const ops = Array.from({ length: 59 }, (_, i) => `op_number_${i}`);
  const record = ops.reduce((made, op, i) => withOp(made, op, { gbPerSecond: 1 + i / 10 }), withSets);
  const document = documentOfFirst(record);
  for (const width of ['wide', 'narrow']) {
    const text = document.querySelector(`svg.${width}`)?.textContent ?? '';
    for (const op of ops) expect(text).toContain(op);
    expect(Number(document.querySelector(`svg.${width}`)?.getAttribute('height'))).toBeLessThan(2700);
  }
});

test('no leader crosses a name', () => {
  const points = Array.from({ length: 40 }, (_, i) => ({
    x: 40 + ((i * 97) % 680),
    name: 'n'.repeat(3 + ((i * 7) % 25)),
  }));
  const flags = flagsOf(
    points,
    ({ x }) => x,
    ({ name }) => name,
    { left: 40, right: 750 },
  );
  expect(flags).toHaveLength(40);
  expect(new Set(flags.map(({ isUp }) => isUp)).size).toBe(2);
  for (const flag of flags) {
    const length = 6 * flag.text.length;
    const [from, to] = flag.isUp ? [flag.x - length, flag.x] : [flag.x, flag.x + length];
    const passed = flags.filter(
      (other) => other !== flag && other.isUp === flag.isUp && other.x > from && other.x < to,
    );
    for (const other of passed) expect(other.row).toBeLessThan(flag.row);
  }
});
