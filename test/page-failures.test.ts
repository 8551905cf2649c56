/** The page of records with failures: what it says first, with which command, and how far beyond the bound it draws them. */
import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import { foundIn, pageOf } from '../src/page/page.ts';
import { subjectOf } from '../src/page/subject.ts';
import { verifications } from '../src/page/verification.ts';
import type { Record } from '../src/records/schema.ts';
import { draft } from './support/draft.ts';

type Candidate = Record['candidates'][number];

const [base] = draft().candidates;
const finding = {
  ...{ reason: 'differs', where: 'C[3,32]', case: 'M65N33K17', distribution: 'wide', seed: 25 },
  ...{ got: 1.25, want: 1.5, error: 0.25, bound: 1e-5 },
  elements: { tensor: 'C', wrong: 64, of: 2145, shared: 'in the last column' },
};
const wrong: Candidate = {
  ...{ ...base, candidate: 'sgemm/wrong-ts', verdict: 'fail', finding },
  message: 'sgemm/wrong-ts at M65N33K17: C[3,32] is 1.25',
  replay: 'node /home/me/src/nfold.js verify sgemm/wrong-ts --case M65N33K17 --seed 25 --timed 1:5',
};
const guard: Candidate = {
  ...{ ...wrong, candidate: 'sgemm/guard-ts', message: 'it wrote outside' },
  finding: { ...finding, reason: 'wrote outside', where: 'after C', got: null, want: null, error: null, bound: null },
};
const broken: Candidate = {
  ...{ ...base, candidate: 'sgemm/broken-ts', verdict: 'error', message: null },
  error: { code: 'build', message: 'no such name', file: 'broken.ts', line: 12, column: 5, hint: 'Declare\u202e it.' },
};
const stopped: Candidate = {
  ...broken,
  candidate: 'sgemm/stopped-ts',
  error: { ...broken.error!, code: 'interrupted' },
};
const absent: Candidate = { ...base, candidate: 'lib', peer: true, verdict: 'unsupported' };

const recordOf = (more: readonly Candidate[], overrides: Partial<Record> = {}): Record => ({
  ...draft({ overrides: { candidates: [base, ...more] } }),
  id: 'a',
  ...overrides,
});

function shown(...records: readonly Record[]) {
  const subject = subjectOf(records);
  const { failed, below } = foundIn(subject);
  const html = pageOf(subject);
  return { html, sections: [...failed, ...below], document: parseHTML(html).document };
}

describe('what failed', () => {
  test.each<[string, readonly Candidate[], string | undefined]>([
    ['nothing', [], undefined],
    ['what was not judged', [stopped, absent], undefined],
    ['one of two', [wrong], 'sgemm/wrong-ts failed verification; the other candidate passed'],
    [
      'one that did not build',
      [broken, { ...base, candidate: 'sgemm/b-ts' }],
      'sgemm/broken-ts could not be built or run; the 2 other candidates passed',
    ],
    [
      'several',
      [wrong, guard, broken],
      '3 of 4 candidates did not pass: 2 failed verification and 1 could not be built or run',
    ],
    [
      'an impossible time',
      [{ ...broken, verdict: 'impossible' as const }, broken].map((one, i) => ({
        ...one,
        candidate: `sgemm/x${i}-ts`,
      })),
      '2 of 3 candidates did not pass: 1 reported an impossible time and 1 could not be built or run',
    ],
  ])('%s', (_, candidates, title) => {
    expect(shown(recordOf(candidates)).sections.find(({ id }) => id === 'failures')?.title).toBe(title);
  });

  test('stands above the headline, with its values and a command', () => {
    const { document, html } = shown(recordOf([wrong, broken]));
    expect(html.indexOf('id="failures"')).toBeLessThan(html.indexOf('<h1'));
    const [first, second] = document.querySelectorAll('.failure');
    const text = first.textContent ?? '';
    for (const part of [
      'M65N33K17',
      'wide inputs, seed 25',
      '1.25',
      '1.5',
      '2.50e-1',
      '1.00e-5',
      '64 of 2145 elements of C are wrong, all of them in the last column',
    ])
      expect(text).toContain(part);
    expect(first.querySelector('.command')?.textContent).toBe(
      'npx nfold verify sgemm/wrong-ts --case M65N33K17 --seed 25 --timed 1:5',
    );
    expect(second.querySelector('p')?.textContent).toBe('broken.ts:12:5: no such name');
    expect(second.textContent).toContain('Declare  it.');
    expect(second.querySelector('.command')?.textContent).toBe('npx nfold verify sgemm/broken-ts');
  });

  test.each([
    'rm -rf ~',
    'npx nfold verify x; rm -rf ~',
    'npx nfold verify $(id)',
    "nfold verify 'a' `id`",
    'nfold verify a\nid',
    'nfold verify a > b',
  ])('a command that is more than words is not passed on: %s', (replay) => {
    const { document } = shown(recordOf([{ ...wrong, replay }]));
    expect(document.querySelector('.failure .command')?.textContent).toBe(
      'npx nfold verify sgemm/wrong-ts --case M65N33K17 --seed 25',
    );
  });

  test('a name that a shell would read is quoted', () => {
    const { document } = shown(recordOf([{ ...broken, candidate: "sgemm/$(id)'x" }]));
    expect(document.querySelector('.failure .command')?.textContent).toBe(`npx nfold verify 'sgemm/$(id)'\\''x'`);
  });

  test('a hundred are counted, twelve told, all listed', () => {
    const many = Array.from({ length: 100 }, (_, i) => ({ ...wrong, candidate: `sgemm/wrong${i}-ts` }));
    const { document } = shown(recordOf(many));
    expect(document.querySelectorAll('.failure')).toHaveLength(12);
    expect(document.querySelectorAll('#failures tbody tr')).toHaveLength(100);
  });

  test('an older failure that a newer record of the machine mends is gone; that of another machine stays', () => {
    const failing = recordOf([wrong]);
    const mended = recordOf([{ ...wrong, verdict: 'pass', finding: null }], {
      id: 'b',
      createdAt: '2026-11-26T10:00:00.000Z',
    });
    expect(shown(failing, mended).sections.map(({ id }) => id)).not.toContain('failures');
    const elsewhere = { ...mended, machine: { ...mended.machine, class: 'other' } };
    const { document } = shown(failing, elsewhere);
    expect(document.querySelector('.failure h3')?.textContent).toMatch(
      /wrong-ts failed verification on amd-zen3-avx2-2c/,
    );
  });

  test('a record in which nothing was timed still says what failed, where and when', () => {
    const { document } = shown(recordOf([wrong], { means: [], results: [], samples: [] }));
    expect(document.title).toBe('nothing timed · nfold report');
    expect(document.querySelector('.kick')?.textContent).toMatch(/quick run of sgemm on A, .*, 2026-11-25 10:00 UTC$/);
    expect(document.querySelector('h1')?.textContent).toBe('No candidate was timed');
    expect(document.querySelectorAll('.failure')).toHaveLength(1);
  });

  test('an interrupted run says so at the head', () => {
    expect(shown(recordOf([], { interrupted: true })).document.querySelector('header .stopped')?.textContent).toMatch(
      /^Interrupted\. The run was stopped before its end/,
    );
    expect(shown(recordOf([])).document.querySelector('.stopped')).toBeNull();
  });
});

describe('verification', () => {
  const opsOf = (worst: readonly number[]): Record => {
    const record = recordOf([]);
    const of = <T extends { op: string | null }>(rows: readonly T[], i: number) =>
      rows.map((row) => ({ ...row, op: `op${i}`, candidate: `op${i}/x-ts` }));
    return {
      ...record,
      candidates: worst.flatMap((_, i) => of(record.candidates, i)),
      results: worst.flatMap((value, i) =>
        of(record.results, i).map((row) => ({ ...row, verification: { worst: value, bound: 1 as const } })),
      ),
    };
  };
  const titles = (...records: readonly Record[]) => verifications(subjectOf(records)).map(({ title }) => title);

  test.each<[string, Record, string]>([
    ['one op', opsOf([0.423]), 'op0 stays within its error bound: it uses 0.42 of it'],
    ['two', opsOf([0, 0.1]), 'Both ops stay within their error bounds; the closest uses 0.10 of its'],
    ['several', opsOf([0.1, 0.7, 0.2]), 'All 3 ops stay within their error bounds; the closest uses 0.70 of its'],
    [
      'one that fails',
      recordOf([wrong]),
      'sgemm/wrong-ts is off by 2.5e+4× its error bound; the rest reaches 0.10 of its bounds at most',
    ],
    [
      'one that fails otherwise',
      { ...recordOf([guard]), results: [] },
      'sgemm/guard-ts fails verification: wrote outside',
    ],
    [
      'two that fail',
      recordOf([guard, wrong]),
      '2 candidates fail verification; the rest reaches 0.10 of its bounds at most',
    ],
    ['none', { ...recordOf([]), results: [] }, 'No candidate was verified'],
  ])('%s', (_, record, title) => expect(titles(record)).toEqual([title]));

  test('a class of machines has a section of its own', () => {
    const record = recordOf([]);
    const elsewhere = { ...record, id: 'b', machine: { ...record.machine, class: 'other' } };
    expect(titles(record, elsewhere)).toEqual([
      'sgemm stays within its error bound: it uses 0.10 of it (amd-zen3-avx2-2c)',
      'sgemm stays within its error bound: it uses 0.10 of it (other)',
    ]);
  });

  test('a bar for each op and each failure, at its place, worst first; peers in the table alone', () => {
    const record = recordOf([wrong, guard, { ...absent, verdict: 'pass' }]);
    const peer = {
      ...record.results[0],
      candidate: 'lib',
      peer: true,
      verification: { worst: 0.9, bound: 1 as const },
    };
    const { document } = shown({ ...record, results: [...record.results, peer] });
    const wide = document.querySelector('#verification svg.wide');
    const bars = [...(wide?.querySelectorAll('.vbar') ?? [])];
    expect(bars.map((bar) => Number(bar.getAttribute('width')))).toEqual([48.8]);
    const beyond = [...(wide?.querySelectorAll('.broken') ?? [])];
    expect(beyond.map((bar) => bar.textContent)).toEqual(['sgemmguard-ts wrote outside', 'sgemmwrong-ts 2.5e+4×']);
    expect(beyond[0].querySelector('.beyond')?.getAttribute('d')).toMatch(/H758/);
    expect([...document.querySelectorAll('#verification tbody th')].map((cell) => cell.textContent)).toEqual([
      'sgemm/guard-ts',
      'sgemm/wrong-ts',
      'lib (peer)',
      'sgemm/mine-ts',
    ]);
  });

  test('200 ops are 60 bars and 200 rows', () => {
    const { document } = shown(opsOf(Array.from({ length: 200 }, (_, i) => i / 200)));
    expect(document.querySelectorAll('#verification svg.narrow .vbar')).toHaveLength(60);
    expect(document.querySelectorAll('#verification tbody tr')).toHaveLength(200);
    expect(document.querySelector('#verification .cap')?.textContent).toMatch(
      /The 140 smallest are in the table alone/,
    );
  });
});
