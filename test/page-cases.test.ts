/** The tables of cases: a row for each result, sorted, grey where nothing is clear, with the reason of what is withheld. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../src/files/places.ts';
import { casesOf } from '../src/page/cases.ts';
import { pageOf } from '../src/page/page.ts';
import type { Record } from '../src/records/schema.ts';
import { loadRecord } from '../src/records/store.ts';
import { interval, recordFrom, shown, subject } from './support/page.ts';

const load = (path: string) => loadRecord(join(packageRoot, path));
const published = ['20261125-182802-4545', '20261125-183433-fea5'].map((id) => load(`bench/records/${id}.json`));

const fast = { candidate: 'sgemm/fast', speedups: [interval(20), interval(30)] };
const other = { candidate: 'sgemm/other', speedups: [interval(4), interval(1.1, 1.5)] };
const lib = { candidate: 'lib', peer: true, about: 'Library (x)', speedups: [interval(25), interval(10)] };
const gone = { candidate: 'sgemm/gone', speedups: [interval(2), null], mean: null };

const pageOfCases = (...records: readonly Record[]) => shown(casesOf(subject(...records)));
const textsOf = (root: { querySelectorAll(css: string): ArrayLike<{ textContent: string | null }> }, css: string) =>
  Array.from(root.querySelectorAll(css), ({ textContent }) => textContent);

describe('the title', () => {
  const inPart = {
    candidate: 'sgemm/part',
    speedups: [interval(2), interval(1.1, 1.5), interval(0.5), null],
    mean: null,
  };
  test.each([
    [[fast], 'Of the best candidates, all 2 speedups clear 1×; the least is 20.0×, of sgemm at N1'],
    [
      [inPart],
      'Of the best candidates, 1 of 3 speedups clears 1×, 1 lies below it, 1 is withheld; the least is 0.500×, of sgemm at N3',
    ],
    [[{ ...fast, speedups: [interval(3)] }], 'The one speedup clears 1×: 3.00× at sgemm N1'],
    [[{ ...gone, speedups: [null, null] }], 'No speedup could be taken: all 2 are withheld'],
    [
      [fast, { ...lib, speedups: [interval(0.1), null] }],
      'Of the best candidates, all 2 speedups clear 1×; the least is 20.0×, of sgemm at N1',
    ],
  ])('%#', (arms, title) => expect(casesOf(subject(recordFrom(arms)))[0].title).toBe(title));
});

describe('the rows', () => {
  test('each result of the published records has one, but for a peer that was not installed', () => {
    const page = pageOfCases(...published);
    const timed = published.flatMap(({ results }) => results.filter(({ verdict }) => verdict !== 'unsupported'));
    expect(page.querySelectorAll('.cases tbody tr').length).toBe(timed.length);
    expect(page.querySelectorAll('.cases .estimate').length).toBe(timed.length);
    expect(page.querySelectorAll('h3').length).toBe(3);
  });

  test('the best candidate and peers come first, sorted by speedup; the others are folded away', () => {
    const page = pageOfCases(recordFrom([fast, other, lib]));
    expect(textsOf(page, '.cases > .scroll .who').slice(1)).toEqual(['fast', 'Library', 'fast', 'Library']);
    expect(textsOf(page, '.cases > .scroll tbody .ratio')).toEqual(['30.0×', '25.0×', '20.0×', '10.0×']);
    expect(textsOf(page, 'details.more tbody .who')).toEqual(['other', 'other']);
    expect(page.querySelectorAll('.cases > .scroll path.point.peer').length).toBe(2);
  });

  test('what is not clear is grey and hollow; what is withheld keeps its reason and has no number', () => {
    const page = pageOfCases(recordFrom([{ ...gone, speedups: [interval(2), interval(1.1, 1.5), null] }]));
    expect(page.querySelectorAll('tr.vague .point.unsure').length).toBe(1);
    expect(textsOf(page, 'tr.withheld :is(.pic, .ratio, .edges)')).toEqual(['', '', 'other programs used the CPU']);
    expect(textsOf(page, 'tbody td:last-child')).toEqual(['faster', 'inconclusive', 'withheld']);
  });

  test('a candidate that failed says so at each case', () => {
    const failed = { candidate: 'sgemm/bad', speedups: [null], verdict: 'fail' as const };
    expect(textsOf(pageOfCases(recordFrom([failed])), '.why')).toEqual(['fail']);
  });

  test('exact values stand in the document', () => {
    const [cell] = pageOfCases(recordFrom([fast])).querySelectorAll('tbody .edges');
    expect(cell.textContent).toBe('[27.3, 33.0]');
    expect(cell.getAttribute('data-exact')).toBe(`[${30 / 1.1}, ${30 * 1.1}]`);
  });

  test('time, speedup and baseline follow from each other, in old records too', () => {
    const records = [...published, load('test/fixtures/records/version-1.json')];
    for (const { record } of subject(...records).views) {
      for (const { timeNs, speedup, baseline } of record.results) {
        if (speedup && timeNs && baseline.timeNs) expect(baseline.timeNs / timeNs / speedup.value).toBeCloseTo(1, 9);
      }
    }
    const [first] = subject(published[0]).views;
    const odd = first.record.results.find((one) => one.case === 'M256N384K128TN');
    expect(odd?.speedup?.value).toBeGreaterThan(100);
    expect(odd?.percentOfPeak).toBeGreaterThan(50);
  });

  test('names are text', () => {
    const name = 'sgemm/<img src=x onerror=alert(1)>';
    const page = pageOfCases(recordFrom([{ candidate: name, speedups: [interval(2)] }]));
    expect(page.querySelectorAll('img').length).toBe(0);
    expect(textsOf(page, 'tbody .who')).toEqual(['<img src=x onerror=alert(1)>']);
  });

  test('two hundred cases of twelve candidates stay a small page', () => {
    const speedups = Array.from({ length: 200 }, (_, i) => interval(1.5 + i / 7.3));
    const arms = Array.from({ length: 12 }, (_, i) => ({ candidate: `sgemm/c${i}`, speedups, mean: interval(30 - i) }));
    const record = recordFrom(arms);
    expect(pageOf(subject(record)).length).toBeLessThan(1_000_000);
    const page = pageOfCases(record);
    expect(page.querySelectorAll('tbody tr').length).toBe(700);
    expect(textsOf(page, '.cases > p')).toEqual(['1700 rows, the slowest, are in the record alone.']);
  });

  test('without a result there is no section', () => {
    expect(casesOf(subject(recordFrom([])))).toEqual([]);
  });
});

describe('unseen shapes', () => {
  const arms = [{ ...fast, speedups: [interval(20), interval(30), interval(5)] }, lib];
  const whole = recordFrom(arms);
  const results = whole.results.map((one) => (one.case === 'N3' ? { ...one, unseen: true } : one));
  const gap = {
    ...{ candidate: 'sgemm/fast', peer: false, op: 'sgemm', shapes: [{ case: 'N3', near: 'N2', flop: 1.1 }], cases: 1 },
    ...{ known: interval(30), unseen: interval(5), gap: interval(1 / 6), comparison: 'slower' as const, pace: 0.2 },
    specialCased: true,
  };
  const page = pageOfCases({ ...whole, results, unseen: [gap] });

  test('have tables of their own, known against unseen, and do not count among the cases', () => {
    expect(textsOf(page, 'h3')).toEqual(['sgemm', 'sgemm: known cases against unseen shapes']);
    expect(textsOf(page, '.cases > .scroll:has(.pic) .case').slice(1)).not.toContain('N3');
    const [overAll, each] = ['.cases > .scroll:not(:has(.pic))', 'details.more'].map((css) =>
      textsOf(page, `${css} tbody :is(th, td)`),
    );
    expect(overAll).toEqual(['fast', '30.0×', '5.00×', '0.167×', '[0.152, 0.183]', '0.200×', 'slower']);
    expect(each).toEqual(['N3', 'fast', '5.00×', '[4.55, 5.50]', 'faster', 'N2', '30.0×']);
  });

  test('say who is clearly made for the known cases', () => {
    expect(page.querySelector('.cases b')?.textContent).toBe('fast: clearly made for the known cases.');
  });
});
