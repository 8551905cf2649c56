/** What an attempt is, and what history, best and the end of a bench say of attempts: counted once, the same everywhere. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { next } from '../src/commands/next.ts';
import { inWorkspace, workspaceAt } from '../src/files/places.ts';
import { attemptsIn, isAttempt } from '../src/records/attempts.ts';
import type { Draft } from '../src/records/schema.ts';
import { saveRecord } from '../src/records/store.ts';
import { schemas } from '../src/schemas/registry.ts';
import { nfold as nfoldIn } from './support/command.ts';
import { draft, type Made } from './support/draft.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nfold-attempts-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Row = Draft['candidates'][number];
const [passed] = draft().candidates;
const error = (code: 'build' | 'interrupted' | 'flags') =>
  ({ code, message: 'no', file: null, line: null, column: null, hint: null }) as Row['error'];

test.each<[string, Partial<Row>, boolean]>([
  ['one that passed', {}, true],
  ['one that failed', { verdict: 'fail' }, true],
  ['one with an impossible time', { verdict: 'impossible' }, true],
  ['one that did not build', { verdict: 'error', error: error('build') }, true],
  ['one stopped before its verdict', { verdict: 'error', error: error('interrupted') }, false],
  ['one that needs what the machine lacks', { verdict: 'unsupported' }, false],
  ['a peer', { peer: true }, false],
  ['a misplaced file', { op: null, verdict: 'error' }, false],
])('%s: %j is an attempt: %s', (_, row, is) => {
  expect(isAttempt({ ...passed, ...row })).toBe(is);
  const candidates = [passed, { ...passed, candidate: 'sgemm/other-ts', ...row }];
  expect(attemptsIn([{ candidates }]).get('sgemm/other-ts')).toBe(is ? 1 : undefined);
});

let hour: number;
beforeEach(() => {
  hour = 10;
});
const nfold = (...args: string[]) => nfoldIn(args, { cwd: folder });
const save = (made: Made = {}) => {
  const overrides = { createdAt: `2026-11-25T${hour++}:00:00.000Z`, ...made.overrides };
  return saveRecord(draft({ ...made, overrides }), join(folder, '.nfold/records'));
};
const [first] = draft().results;
/** As `bench --case M64*` leaves it. */
const part = (): Partial<Draft> => ({
  caseFilter: 'M64*',
  results: [first],
  means: draft().means.map((mean) => {
    return { ...mean, arithmetic: null, cases: 1, withheld: '1 of the 2 cases of sgemm were timed' };
  }),
});
const failed = (): Partial<Draft> => ({
  candidates: [{ ...passed, verdict: 'fail', message: 'it differs' }],
  ...{ results: [], means: [], samples: [] },
});

describe('four runs of one case, one failure and one whole run', () => {
  beforeEach(() => {
    for (const overrides of [part(), part(), part(), failed(), {}, part()]) save({ overrides });
  });

  test('are six attempts with one mean, which best says', async () => {
    const { stdout } = await nfold('best');
    expect(stdout).toMatch(/sgemm\/mine-ts +3\.00x .* 1 mean of 6 attempts, 1 candidate/);
    // It was chosen from one mean, so it is not too good.
    expect(stdout).not.toMatch(/too good/);
    const data = JSON.parse((await nfold('best', '--json')).stdout);
    expect(schemas.best.parse(data)).toEqual(data);
    const [row] = data;
    expect(row).toMatchObject({ means: 1, attempts: 6, candidates: 1, elsewhere: 0 });
  });

  test('are six attempts of history, which says how to see those without a mean', async () => {
    const { stdout } = await nfold('history', 'sgemm/mine-ts', '--wide');
    expect(
      stdout
        .split('\n')
        .map((line) => /quick +(\d|-) /.exec(line)?.[1] ?? '')
        .join(''),
    ).toBe('123456');
    expect(stdout.replace(/\s+/g, ' ')).toMatch(
      / 4 records time only some cases, so they have no mean: '.*nfold.* history sgemm\/mine-ts --case M64N64K64' shows them at one case\. $/,
    );
    const at = await nfold('history', 'sgemm/mine-ts', '--case', 'M64N64K64');
    expect(at.stdout).toMatch(/speedup at M64N64K64, 6 records/);
    expect(at.stdout).not.toMatch(/only some cases/);
  });

  test('the record of each holds the number that history has', async () => {
    expect(save().record.candidates[0].attempt).toBe(7);
  });
});

test('attempts that were never judged have no number, and others go on counting', async () => {
  save();
  save({
    overrides: {
      interrupted: true,
      candidates: [{ ...passed, verdict: 'error', error: error('interrupted') }],
      results: [],
      means: [],
    },
  });
  expect(save().record.candidates[0].attempt).toBe(2);
  const { stdout } = await nfold('history', 'sgemm/mine-ts', '--json');
  expect(JSON.parse(stdout).history.map(({ attempt }: { attempt: number | null }) => attempt)).toEqual([1, null, 2]);
});

test('attempts with another baseline do not compare, and best says how many', async () => {
  save({ baselineHash: 'old' });
  save({ baselineHash: 'old', overrides: failed() });
  save();
  const { stdout } = await nfold('best', 'sgemm');
  expect(stdout).toMatch(/1 attempt, 1 candidate/);
  expect(stdout).toContain('\nNot counted: 2 attempts at sgemm with another baseline or on another machine.\n');
});

test('an op without a mean is named, with what to do', async () => {
  save({ overrides: part() });
  save({ overrides: failed() });
  const sentence =
    /sgemm has no mean: of 2 attempts, 1 timed only some of its cases, 1 did not pass; next: .* bench sgemm\/mine-ts\n/;
  expect(await nfold('best')).toMatchObject({ code: 3, stdout: '', stderr: expect.stringMatching(sentence) });
});

test('an op that nothing passes sends to verify', async () => {
  save({ overrides: failed() });
  expect((await nfold('best', 'sgemm')).stderr).toMatch(
    /of 1 attempt, 1 did not pass; next: .* verify sgemm\/mine-ts\n/,
  );
});

test('two means are too good on average, and the command says it of the same selectors', async () => {
  save();
  save();
  expect((await nfold('best', 'sgemm/m*')).stdout).toMatch(
    /too good on average: '.* best 'sgemm\/m\*' --confirm' measures it again/,
  );
});

test('a case that was never timed is an error that says so', async () => {
  save({ overrides: failed() });
  const { code, stderr } = await nfold('history', 'sgemm/mine-ts', '--case', 'M1');
  expect({ code, stderr }).toEqual({
    code: 3,
    stderr: "nfold: No record times sgemm/mine-ts at 'M1': no record has its time at any case.\n",
  });
});

describe('after a bench', () => {
  const said = (saved: ReturnType<typeof saveRecord>, flags: Parameters<typeof next>[2] = {}) =>
    inWorkspace(workspaceAt(folder), () => next(saved, ['sgemm/mine-ts'], flags));

  test('the second attempt and later ones are counted, and a part shows its case', () => {
    expect(said(save())).not.toMatch(/history/);
    expect(said(save())).toMatch(/history sgemm\/mine-ts +this was attempt 2 at it here\n/);
    expect(said(save({ overrides: part() }))).toMatch(/history sgemm\/mine-ts --case M64N64K64 +this was attempt 3/);
    expect(said({ ...save(), displaced: true })).not.toMatch(/history/);
  });

  test('commands of the same run keep its flags', () => {
    const flags = { threads: 200, peers: false, text: 'my text.txt' } as const;
    expect(said(save({ overrides: part() }), flags)).toMatch(
      /bench sgemm\/mine-ts --threads 200 --text 'my text\.txt' --no-peers {2}[\s\S]*bench sgemm\/mine-ts --case 'M64\*' --threads 200 --text 'my text\.txt' --no-peers /,
    );
  });

  test('an inconclusive mean is named beside the command that narrows it', () => {
    const unsure = { means: draft().means.map((mean) => ({ ...mean, comparison: 'inconclusive' as const })) };
    const why = 'sgemm/mine-ts may or may not be faster than the baseline';
    expect(said(save({ overrides: unsure }))).toContain(`more rounds, narrower intervals: ${why}`);
    expect(said(save({ overrides: { ...unsure, effort: 'thorough' } }))).toMatch(
      new RegExp(`doctor +what disturbs times here: ${why}`),
    );
    expect(said(save())).not.toContain('may or may not');
  });
});
