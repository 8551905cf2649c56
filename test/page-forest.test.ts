/** The forest of the page: titles by what the intervals allow, a mark for each mean, and what is withheld or folded away. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { logAxis } from '../src/draw/axis.ts';
import { packageRoot } from '../src/files/places.ts';
import { clearText } from '../src/page/clear.ts';
import { forests } from '../src/page/forest.ts';
import { type Rival, rivalsOf, rivalText } from '../src/page/rivals.ts';
import { loadRecord } from '../src/records/store.ts';
import { interval, recordFrom, shown, subject } from './support/page.ts';

const published = ['20261125-182802-4545', '20261125-183433-fea5'].map((id) =>
  loadRecord(join(packageRoot, 'bench/records', `${id}.json`)),
);

const fast = { candidate: 'sgemm/fast', speedups: [interval(20), interval(21)] };
const lib = { candidate: 'lib', peer: true, about: 'Library, native (x)', speedups: [interval(10), interval(10)] };
const unsure = { candidate: 'sgemm/unsure', speedups: [interval(1.2, 1.9), interval(1.2, 1.9)] };
const slow = { candidate: 'sgemm/slow', speedups: [interval(0.2), interval(0.2)] };
const gone = { candidate: 'sgemm/gone', speedups: [null, null], withheld: 'disturbed at N1: <b>busy</b>' };

describe('what intervals say', () => {
  test.each([
    [['faster'], 'the one mean clears 1×'],
    [['slower'], 'the one mean lies below 1×'],
    [['inconclusive'], 'the one mean does not clear 1×'],
    [[null], 'no mean could be taken: the only one is withheld'],
    [[null, null], 'no mean could be taken: all 2 are withheld'],
    [['faster', 'faster'], 'all 2 means clear 1×'],
    [['faster', 'same', 'inconclusive'], '1 of 3 means clears 1×'],
    [['faster', 'faster', 'slower', null], '2 of 3 means clear 1×, 1 lies below it, 1 is withheld'],
    [['slower', 'slower', null, null], 'none of 2 means clears 1×, 2 lie below it, 2 are withheld'],
  ] as const)('%j: %s', (verdicts, text) => expect(clearText(verdicts, 'mean')).toBe(text));

  test.each([
    [interval(1.65), true, 'in sgemm the best is 1.65× [1.50, 1.81] as fast as X'],
    [interval(0.5), true, 'in sgemm the best is 0.500× [0.455, 0.550] as fast as X'],
    [interval(1.02), false, 'in sgemm the best and X cannot be told apart'],
    [{ value: 2, low: null, high: null }, false, 'in sgemm the best is 2.00× as fast as X, without an interval'],
  ])('of a rival %j', (ratio, isClear, text) => {
    expect(rivalText('sgemm', { name: 'X', ratio, isClear } satisfies Rival)).toBe(text);
  });

  test('the ratio with a peer is taken within rounds, where overlapping intervals decide nothing', () => {
    const view = subject(published[0]).views.find(({ suite }) => suite.name === 'sgemm');
    const [onnx] = view ? rivalsOf(view) : [];
    const geometric = (id: string) => published[0].means.find(({ candidate }) => candidate === id)?.geometric ?? 0;
    const quotient = geometric('sgemm/shaped-6x16-wasmrelaxedsimd') / geometric('onnxruntime-node');
    expect(onnx).toMatchObject({ name: 'ONNX Runtime, native', isClear: true });
    expect(onnx.ratio.value).toBeCloseTo(quotient, 1);
    expect(onnx.ratio.low).toBeGreaterThan(1);
  });

  test('without rounds, the ratio has no interval and claims nothing', () => {
    const [view] = subject(recordFrom([fast, lib])).views;
    expect(rivalsOf(view)).toEqual([
      { name: 'Library, native', ratio: { value: 2, low: null, high: null }, isClear: false },
    ]);
  });
});

describe('the marks', () => {
  test('each mean of the published records has its mark, in both widths, and its row in the table', () => {
    const [section] = forests(subject(...published));
    const page = shown([section]);
    const means = published.flatMap((record) => record.means);
    const timed = means.filter(({ arithmetic }) => arithmetic);
    expect(page.querySelectorAll('svg.wide .estimate').length).toBe(timed.length + 1);
    expect(page.querySelectorAll('svg.narrow .estimate').length).toBe(timed.length + 1);
    expect(page.querySelectorAll('svg.wide .why').length).toBe(means.length - timed.length);
    expect(page.querySelectorAll('tbody tr').length).toBe(means.length + 1);
    expect(page.querySelectorAll('svg.wide path.point.peer').length).toBe(2);
    expect(page.querySelectorAll('figure > svg.wide .lozenge').length).toBe(1);
    expect(section.title).toBe(
      '29 of 31 means clear 1×, 1 is withheld; in sgemm the best is 1.65× [1.42, 1.93] as fast as ONNX Runtime, native',
    );
  });

  test('of several ops the best of each is shown, and the rest is folded away', () => {
    const page = shown(forests(subject(published[1])));
    const names = (css: string) =>
      [...page.querySelectorAll(`${css} svg.wide .row > .lab:not(.num)`)].map((t) => t.textContent);
    const first = names('.see > figure');
    expect(first).toHaveLength(16);
    expect(first[0]).toBe('matmul_forward');
    expect(first[15]).toBe('mean of the 72 cases');
    expect(names('details.more')).toHaveLength(published[1].means.length - 15);
    expect(page.querySelector('details.more > summary')?.textContent).toBe('Show 9 more means');
  });

  test('what is not clear is hollow, what is withheld has its reason as text, an absent peer is not installed', () => {
    const absent = { ...lib, verdict: 'unsupported' as const, speedups: [null, null], withheld: 'unsupported: no' };
    const [section] = forests(subject(recordFrom([fast, unsure, slow, gone, absent])));
    const page = shown([section]);
    expect(page.querySelectorAll('svg.wide .point.unsure').length).toBe(1);
    expect([...page.querySelectorAll('svg.wide .why')].map((t) => t.textContent)).toEqual([
      'withheld: disturbed at N1: <b>busy</b>',
      'not installed',
    ]);
    expect(page.querySelectorAll('b').length).toBe(0);
    expect(section.title).toBe('1 of 3 means clears 1×, 1 lies below it, 2 are withheld');
  });

  test('one round has a point and no line; an edge beyond the axis, of any record, has an arrow and no NaN', () => {
    const once = { candidate: 'sgemm/once', speedups: [{ value: 3, low: null, high: null }] };
    const wild = { candidate: 'sgemm/wild', speedups: [{ value: 4, low: -5, high: 1e14 }] };
    const page = shown(forests(subject(recordFrom([once, wild]))));
    expect(page.querySelectorAll('svg.wide line.ci').length).toBe(1);
    expect(page.querySelectorAll('svg.wide path.arrow').length).toBe(2);
    expect(page.toString()).not.toMatch(/NaN|Infinity|undefined/);
    expect(page.toString()).toContain('one round');
  });

  test.each([[[1]], [[2.22]], [[0.97, 1.04]], [[40, 55]], [[0.001, 4000]]])(
    'the ticks of an axis of %j lie on it, apart',
    (values) => {
      const { ticks, x, beyond } = logAxis(values, { left: 0, right: 286 });
      expect(ticks.map(beyond).filter(Boolean)).toEqual([]);
      expect(ticks).toContain(1);
      for (const [i, tick] of ticks.slice(1).entries()) expect(x(tick) - x(ticks[i])).toBeGreaterThan(25);
    },
  );

  test('a single case says that it is the mean, a candidate that was timed in part does not', () => {
    const detail = (mean?: null) =>
      shown(forests(subject(recordFrom([{ ...fast, speedups: [interval(2)], mean }])))).querySelector('.grp')
        ?.textContent;
    expect(detail()).toBe('sgemm1 case: the mean is the case');
    expect(detail(null)).toBe('sgemm1 case');
  });

  test('of sixty candidates five are shown, and all are in the document', () => {
    const many = Array.from({ length: 60 }, (_, i) => ({ candidate: `sgemm/c${i}`, speedups: [interval(i + 2)] }));
    const page = shown(forests(subject(recordFrom([...many, lib]))));
    expect(page.querySelectorAll('.see > figure svg.wide .estimate').length).toBe(6);
    expect(page.querySelector('summary')?.textContent).toBe('Show 55 more means');
    expect(page.querySelectorAll('svg.wide .estimate').length).toBe(61);
  });

  test('of two hundred the chart has a part, while title and table have all', () => {
    const many = Array.from({ length: 200 }, (_, i) => ({ candidate: `sgemm/c${i}`, speedups: [interval(i + 2)] }));
    const [section] = forests(subject(recordFrom(many)));
    expect(section.title).toBe('All 200 means clear 1×');
    expect(shown([section]).querySelectorAll('svg.wide .estimate').length).toBe(65);
    expect(shown([section]).querySelectorAll('tbody tr').length).toBe(200);
  });

  test('without ceilings there is no share of peak, and a sentence says how to get them', () => {
    const page = shown(forests(subject(recordFrom([{ ...fast, percentOfPeak: null }]))));
    expect(page.querySelectorAll('.share').length).toBe(0);
    expect(page.querySelector('.note')?.textContent).toContain('nfold peak');
    expect(shown(forests(subject(recordFrom([fast, slow])))).querySelectorAll('svg.wide .share').length).toBe(2);
  });

  test('a share above the ceiling goes on beyond the axis', () => {
    const arrows = (percentOfPeak: number) =>
      shown(forests(subject(recordFrom([{ ...fast, percentOfPeak }])))).querySelectorAll('svg.wide .above').length;
    expect([arrows(99), arrows(120)]).toEqual([0, 1]);
  });

  test('two machines are two sections on one axis', () => {
    const one = recordFrom([fast]);
    const other = recordFrom([slow], { machine: { ...one.machine, cpu: 'B', class: 'other-2c' } }, 'b');
    const sections = forests(subject(one, other));
    expect(sections.map(({ id }) => id)).toEqual(['all', 'all2']);
    expect(sections.map(({ title }) => title)).toEqual([
      'amd-zen3-avx2-2c: The one mean clears 1×',
      'other-2c: The one mean lies below 1×',
    ]);
    const [a, b] = sections.map((section) => shown([section]).querySelector('svg.wide .one')?.getAttribute('x1'));
    expect(a).toBe(b);
  });

  test('nothing measured is a sentence with what to do', () => {
    const [section] = forests(subject(recordFrom([], { suites: [] })));
    expect(shown([section]).querySelector('.see')?.textContent).toContain('nfold bench');
  });

  test('pairs are told beside the means that they compare', () => {
    const pair = { op: 'sgemm', first: 'sgemm/fast', candidate: 'sgemm/slow', case: null, ratio: interval(0.01) };
    const known = { comparison: 'slower', noiseFloor: 0.01, rounds: 2, moreRounds: null, withheld: null } as const;
    const page = shown(forests(subject(recordFrom([fast, slow], { pairs: [{ ...pair, ...known }] }))));
    expect(page.querySelector('.note')?.textContent).toContain(
      'slow is 0.0100× [0.00909, 0.0110] as fast as fast: clearly slower',
    );
    expect(page.querySelectorAll('tbody td[data-exact$="slower"]').length).toBe(1);
  });
});
