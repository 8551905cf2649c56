/** The section `attempts`: a mark for each, the stairs of the best so far, and the titles by condition. */
import { expect, test } from 'vitest';
import { attempts } from '../src/page/attempts.ts';
import { subjectOf } from '../src/page/subject.ts';
import type { Made } from './support/draft.ts';
import { daily, documentOf, elsewhere, failed, marks, rounds, withheld } from './support/histories.ts';

const at = (factor: number, made: Made = {}): Made => ({ speedups: rounds(factor), ...made });
const sectionOf = (all: readonly Made[]) => attempts(subjectOf(daily(all)))[0];

test.each<[string, Made[], string | undefined]>([
  ['one attempt has no section', [at(1)], undefined],
  ['the first', [at(2), at(1)], 'Of 2 attempts at sgemm, the first is the best: 6.00× by mine-ts; none failed'],
  [
    'the last',
    [at(1), at(1, { overrides: failed() }), at(2)],
    'Of 3 attempts at sgemm, the last is the best: 6.00× by mine-ts; 1 failed',
  ],
  ['one between', [at(1), at(2), at(1)], 'Of 3 attempts at sgemm, number 2 is the best: 6.00× by mine-ts; none failed'],
  [
    'no mean',
    [at(1, { overrides: withheld() }), at(1, { overrides: failed() })],
    '2 attempts at sgemm, none with a mean: 1 failed',
  ],
  [
    'those with another baseline do not count',
    [at(9, { baselineHash: 'old' }), at(1), at(2)],
    'Of 2 attempts at sgemm, the last is the best: 6.00× by mine-ts; none failed',
  ],
  [
    'two machines',
    [at(1), at(2), at(1, { overrides: elsewhere }), at(1, { overrides: elsewhere })],
    '4 attempts at 1 op: 3 new bests, none failed',
  ],
])('title: %s', (_, all, title) => {
  expect(sectionOf(all)?.title).toBe(title);
});

test('each attempt has a mark, and each new best its step and its name', () => {
  const all = [
    at(1),
    at(0.5),
    at(1.001),
    at(1, { overrides: failed() }),
    at(2, { candidate: 'sgemm/other-ts' }),
    at(1, { overrides: withheld() }),
  ];
  const section = sectionOf(all);
  const document = documentOf(section);
  expect(['attempt', 'best', 'best.unsure', 'failed', 'gap', 'staircase'].map((one) => marks(document, one))).toEqual([
    1, 3, 1, 1, 1, 1,
  ]);
  const stairs = document.querySelector('svg.wide .staircase')?.getAttribute('d') ?? '';
  expect(stairs).toMatch(/^M\d+ \d+(H\d+V\d+){2}H\d+$/);
  expect([...document.querySelectorAll('ol.numbered li')].map(({ textContent }) => textContent)).toEqual([
    expect.stringMatching(/^sgemm\/mine-ts: 3\.00× \[.*\], attempt 1 at sgemm \(/),
    expect.stringMatching(/^sgemm\/mine-ts: .* attempt 3 at sgemm, not clearly above the one before \(/),
    expect.stringMatching(/^sgemm\/other-ts: 6\.00× .* attempt 5 at sgemm, 2\.00× the one before \(/),
  ]);
  expect(document.querySelector('svg.wide')?.textContent).toContain('3: other-ts 6.00×');
  expect(section.table?.rows).toHaveLength(6);
});

test('without any mean there are no stairs, and the failures are still there', () => {
  const document = documentOf(sectionOf([at(1, { overrides: failed() }), at(1, { overrides: failed() })]));
  expect([marks(document, 'failed'), marks(document, 'staircase'), marks(document, 'grid')]).toEqual([2, 0, 0]);
});
