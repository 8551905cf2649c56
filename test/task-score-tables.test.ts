/** What `nfold task score` prints: all that was measured, in sentences and tables that hold in their window, and nothing foreign that acts. */
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { HostState } from '../src/queue/queue.ts';
import type { Score } from '../src/records/score.ts';
import { inWindow, onScreen, printable } from '../src/report/screen.ts';
import type { Pending } from '../src/schemas/score.ts';
import { scoreOf } from '../src/task/scoreOf.ts';
import { scoredOf } from '../src/task/summary.ts';
import { reportScores } from '../src/task/tables.ts';
import { draft } from './support/draft.ts';
import { escapes, raw } from './support/hostile.ts';
import { around, facts, score } from './support/scores.ts';

const host = { name: 'box-1', class: facts.class as string };
const check: HostState = {
  host,
  at: '2026-11-25T10:00:00.000Z',
  ratio: around(1.09, 0.01),
  noiseFloor: 0.012,
  timeNs: 1e6,
  held: null,
  ...{ drift: 1.094, checks: 3 },
};
const pending: Pending[] = [
  { label: 'later', state: 'waiting', host: null, reason: null, tries: 0 },
  { label: 'poison', state: 'dead', host: 'box-1', reason: 'its judge died three times', tries: 3 },
];
const [known] = score('x', 2).cases;
const unseen = { ...known, case: 'M60N60K60', unseen: true, weight: null };
const gap: Score['unseen'][number] = {
  ...{
    candidate: 'sgemm/attempt@a',
    peer: false,
    op: 'sgemm',
    shapes: [],
    cases: 1,
    known: around(2),
    unseen: around(1),
  },
  ...{ gap: around(0.5), comparison: 'slower', pace: 0.5, specialCased: true },
};
const caught = {
  caughtBy: 'differs at M5N7K0 on normal inputs',
  failure: 'C[0,4] is 1, should be 2',
  replay: 'npx nfold task check cheat --task sgemm --seed 7',
};

interface Shown {
  readonly pending?: readonly Pending[];
  readonly hosts?: readonly HostState[];
  readonly interrupted?: boolean;
}

const dataOf = (scores: readonly Score[], { pending = [], hosts = [], interrupted = false }: Shown = {}) =>
  scoredOf({ task: scores[0]?.task ?? 'sgemm', scores, pending, hosts, interrupted });

function drawn(
  scores: readonly Score[],
  {
    columns = 80,
    wide = false,
    colours = false,
    ...shown
  }: Shown & { columns?: number; wide?: boolean; colours?: boolean } = {},
) {
  const text = onScreen({ columns, colours }, () =>
    printable(inWindow(wide, () => reportScores(dataOf(scores, shown)))),
  );
  const lines = stripVTControlCharacters(text).split('\n');
  return { text: lines.join('\n'), lines, flat: lines.join(' ').replace(/\s+/g, ' ') };
}

const gpt = { suite: 'train_gpt2', task: 'train_gpt2' };
const many = [
  score('by-hand-4x', 4.2, gpt),
  score('by-hand-20x', 20, { ...gpt, cases: [known, unseen], unseen: [gap], shareOfPeak: 12.3 }),
  score('cheat', null, { ...gpt, ...caught }),
  score('slow', 4.25, { ...gpt, held: 'its baseline drifted by 9 %' }),
  score('again', 4.3, {
    ...gpt,
    ignored: ['package.json was changed.'],
    copied: ['kernels/sgemm/attempt.ts is that of sgemm/ikj-ts.'],
    late: 2,
  }),
  score('a'.repeat(70), 3, gpt),
  score('quiet', 3, { ...gpt, mean: null, withheld: '9 of 10 calls waited' }),
];

describe('the report', () => {
  const { flat, text } = drawn(many, {
    pending,
    hosts: [check, { ...check, host: { ...host, name: 'box-2' }, held: 'it drifted' }],
    interrupted: true,
  });

  test('has both means, their errors, and the best of how many', () => {
    // 20, 4.3, 4.2, 3, and a failure: standard deviations 8.10 and 7.69
    expect(flat).toContain('6 attempts: 5 passed, 1 failed');
    expect(flat).toMatch(/Failures dropped: mean 7\.88x ± 4\.05 \(standard error over 4 attempts\)/);
    expect(flat).toMatch(/Failures counted as 1: mean 6\.50x ± 3\.43 \(standard error over 5 attempts\)/);
    expect(flat).toContain('Best of 6: 20.0x [19.6, 20.4] by by-hand-20x.');
  });

  test("has the essay's ladder, and which rung is reached by the lower edge", () => {
    expect(flat).toContain('3 of 6 attempts reach 4x, which took a human researcher 4 to 8 hours.');
    expect(text).toMatch(/^> 7\.88x {2}the mean, failures dropped, here/m);
    expect(text).toMatch(/^> 6\.50x {2}the mean, failures counted as 1, here/m);
    expect(text).toMatch(/^> 20\.0x {2}by-hand-20x, here/m);
    expect(drawn([score('a', 30)]).text).not.toMatch(/ladder|[Rr]ung/);
  });

  test('shows a cheat with the check that caught it, and the commands that repeat', () => {
    expect(flat).toContain(
      'x cheat was caught by this check: differs at M5N7K0 on normal inputs. C[0,4] is 1, should be 2',
    );
    expect(text).toContain(`\n  again: ${caught.replay}\n`);
    expect(text.match(/nfold reproduce 20261125-100000-0001/g)).toHaveLength(many.length);
  });

  test('has the weight of each case, and the unseen shapes apart', () => {
    expect(text).toMatch(/^M64N64K64\s+by-hand-20x +2\.00x +\[1\.96, 2\.04\] +33 %/m);
    const [before, after] = text.split('Unseen shapes, which count in no mean');
    expect(before).not.toContain('M60N60K60');
    expect(after).toMatch(/M60N60K60 +by-hand-20x +2\.00x/);
    expect(after.replace(/\s+/g, ' ')).toMatch(
      /by-hand-20x 2\.00x 1\.00x 0\.500 .*! by-hand-20x is special-cased to the suite/,
    );
  });

  test('says what is held back, ignored, copied, late and still to come', () => {
    for (const sentence of [
      '! slow, run 1, counts in nothing: it is held back: its baseline drifted by 9 %.',
      '! again, ignored: package.json was changed.',
      '! again: kernels/sgemm/attempt.ts is that of sgemm/ikj-ts.',
      'again, run 1: 2 later outcomes of its job',
      'box-2 1.090 [1.079, 1.101] 1.2 % 9.4 % held back: it drifted',
      '! quiet, run 1, has no mean: 9 of 10 calls waited.',
      'later waiting - 0',
      'poison dead box-1 3 its judge died three times',
      'All of this holds for amd-zen3-avx2-2c-node26, the only class of machines',
      'Stopped before all attempts were scored',
    ])
      expect(flat).toContain(sentence);
  });
});

test('several classes have tables of their own, and each claim names its classes', () => {
  const { flat, text } = drawn([score('a', 2), score('b', 3), score('a', 1.5, { class: 'arm-neon-4c' })]);
  expect(text.match(/^sgemm on /gm)).toHaveLength(2);
  expect(flat).toContain('a is surely faster than the starting code on amd-zen3-avx2-2c-node26 and arm-neon-4c.');
  expect(flat).toContain(
    'b is surely faster than the starting code on amd-zen3-avx2-2c-node26; it was not judged on arm-neon-4c.',
  );
});

test('one attempt has no standard error, none is said to be none', () => {
  expect(drawn([score('a', 2)]).flat).toContain(
    'Failures dropped: mean 2.00x of a single attempt, which has no standard error.',
  );
  expect(drawn([score('a', null)]).flat).toContain(
    'Failures dropped: there is no mean. Failures counted as 1: mean 1.00x of a single',
  );
  expect(drawn([score('a', 2, { held: 'it drifted' })]).flat).toContain('No score of this class counts.');
  expect(drawn([], { pending }).flat).toMatch(/^sgemm: there is no score yet\. .*later waiting/);
});

test('the order under the three means is told where it differs', () => {
  const a = score('a', 10, { geometric: 5, harmonic: 3 });
  const b = score('b', 8, { geometric: 7, harmonic: 4 });
  expect(drawn([a, b]).flat).toContain('ranks by the arithmetic/geometric/harmonic one: a 1/2/2, b 2/1/1.');
  expect(drawn([a, b], { wide: true }).text).toMatch(/^a .* 5\.00x +3\.00x +1\/2\/2/m);
  expect(drawn([score('a', 10), score('b', 8)]).flat).toContain('harmonic mean give the same order.');
});

test('without --wide, the cases of the best four attempts are shown', () => {
  const six = Array.from({ length: 6 }, (_, i) => score(`try-${i}`, 2 + i));
  expect(drawn(six).flat).toContain('The cases of 2 more attempts show with --wide.');
  expect(drawn(six).text).not.toMatch(/M128N128K128 .*\n(.*\n){3} +try-1/);
  expect(drawn(six, { wide: true }).text.match(/ try-0 /g)).toHaveLength(2);
});

test('two attempts of one name are told apart by their hashes', () => {
  const { text } = drawn([score('a', 2, { artefact: '11112222x' }), score('a', 3, { artefact: '33334444y' })]);
  expect(text).toMatch(/^a \(33334444\) .*\na \(11112222\) /m);
});

describe.each([60, 80, 120])('in %i columns', (columns) => {
  /** Lines that are too wide, but for a command and one word that cannot be broken. */
  const tooWide = (lines: readonly string[]) =>
    lines.filter((line) => [...line].length > columns && line.trim().includes(' ') && !line.startsWith('  again: '));

  test.each([true, false])('no line is wider, with colours: %s', (colours) => {
    const { lines, text } = drawn(many, { columns, colours, pending, hosts: [check] });
    expect(tooWide(lines)).toEqual([]);
    for (const { mean } of many.filter((one) => one.held === null))
      if (mean) expect(text).toContain(`${mean.value.toFixed(mean.value < 10 ? 2 : 1)}x`);
  });
});

test('what is foreign acts on no terminal', () => {
  const bad = (text: string) => `${text}${escapes}\nx cheat passed${escapes}`;
  const made = scoreOf(draft(), { ...facts, label: bad('mine'), ignored: [bad('ignored')], copied: [bad('copied')] });
  const scores = [
    { schema: 'nfold/score@1' as const, id: 'x', ...made },
    score('cheat', null, { caughtBy: bad('caught'), failure: bad('failure'), replay: bad('replay') }),
    score(bad('label'), 3, { class: bad('class'), held: bad('held') }),
  ];
  const hosts = [{ ...check, host: { name: bad('host'), class: bad('class') }, held: bad('held') }];
  const jobs: Pending[] = [{ label: bad('job'), state: 'dead', host: bad('host'), reason: bad('reason'), tries: 3 }];
  for (const columns of [60, 200]) {
    const { text, lines } = drawn(scores, { columns, hosts, pending: jobs });
    expect(text).not.toMatch(raw);
    expect(lines.filter((line) => line.startsWith('x cheat passed'))).toEqual([]);
  }
});
