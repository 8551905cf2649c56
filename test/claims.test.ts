/** Which claims of a record hold in a second run: by records made for the purpose. Nothing is run but what needs no candidate. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { Draft, Record } from '../src/records/schema.ts';
import { judge } from '../src/reproduce/claims.ts';
import { reportClaims } from '../src/reproduce/report.ts';
import { nfold as nfoldIn } from './support/command.ts';
import { draft, type Made } from './support/draft.ts';
import { change, small, run as tried, withValue } from './support/hostile.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-claims-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const id = '20261125-100000-abcd';
const recordOf = (made: Made = {}): Record => ({ ...draft(made), id });
const again = (made: Made = {}): Record => ({
  ...recordOf({ candidate: `sgemm/mine-ts@${id}`, ...made }),
  id: 'again',
});
const times = (factor: number, spread = 0.01) =>
  [2, 4].map((value) => [1, 1 + spread, 1 - spread].map((one) => value * factor * one));
const found = (here: Record | null, record = recordOf(), missing = new Map<string, string>()) =>
  judge(record, here, id, missing).claims.map(({ claim, outcome, why }) => ({ claim, outcome, why }));
const speedup = (made: Made, record?: Record) => found(again(made), record)[1];
const withRow = (row: Partial<Draft['candidates'][number]>): Made => ({
  overrides: { candidates: [{ ...draft().candidates[0], candidate: `sgemm/mine-ts@${id}`, ...row }] },
});

describe('a speedup', () => {
  test('that is met or exceeded holds', () => {
    expect(found(again())).toEqual([
      { claim: 'verdict', outcome: 'holds', why: null },
      { claim: 'mean', outcome: 'holds', why: null },
    ]);
    expect(speedup({ speedups: times(3) }).outcome).toBe('holds');
    // Within a fifth, and not beyond the noise.
    expect(speedup({ speedups: times(0.97, 0.05) }).outcome).toBe('holds');
  });

  test('that is clearly missed does not hold', () => {
    const { outcome, why } = speedup({ speedups: times(0.8) });
    expect(outcome).toBe('does not hold');
    expect(why).toMatch(/^0\.800 of the claim, 95 % interval \[0\.7\d\d, 0\.8\d\d\]$/);
  });

  test.each<[string, Made, RegExp]>([
    [
      'too wide an interval',
      { speedups: times(0.95, 0.2) },
      /^its interval is too wide to exclude a loss of 20 %: 0\.9/,
    ],
    ['a single round', { speedups: [[2], [4]] }, /single round/],
    [
      'disturbed cases',
      {
        overrides: {
          results: draft().results.map((r) => ({ ...r, speedup: null, timeNs: null, disturbed: 'it waited' })),
        },
      },
      /^it was disturbed here: it waited$/,
    ],
    [
      'a disturbed machine',
      { speedups: times(0.5), overrides: { warnings: [{ kind: 'busy', load: 9, cores: 2 }] } },
      /^the machine was disturbed: 0\.500 of the claim/,
    ],
    [
      'another machine',
      { overrides: { machine: { ...draft().machine, cpu: 'Z' } } },
      /^the record is of another machine: A, 2 cores, x64$/,
    ],
    [
      'another Node',
      { overrides: { runtime: { ...draft().runtime, node: '27.0.0' } } },
      /^the record is of another Node: 26\.10\.0$/,
    ],
    [
      'another V8',
      { overrides: { runtime: { ...draft().runtime, v8: '15.0' } } },
      /^the record is of another V8: 14\.6$/,
    ],
    [
      'another baseline',
      { baselineHash: 'cccc' },
      /^the baseline of sgemm is another one here: bbbb there, cccc here$/,
    ],
  ])("can't be told with %s", (_, made, why) => {
    expect(found(again(made))).toMatchObject([
      { claim: 'verdict', outcome: 'holds' },
      { claim: 'mean', outcome: "can't be told", why: expect.stringMatching(why) },
    ]);
  });

  test('of another patch of Node can', () => {
    expect(speedup({ overrides: { runtime: { ...draft().runtime, node: '26.99.1' } } }).outcome).toBe('holds');
  });

  test('is claimed case by case where the record has no mean', () => {
    const means = draft().means.map((mean) => ({ ...mean, arithmetic: null, withheld: 'in part' }));
    expect(found(again(), recordOf({ overrides: { means } })).map(({ claim }) => claim)).toEqual([
      'verdict',
      'case',
      'case',
    ]);
    expect(judge(recordOf(), again(), id, new Map()).cases.map((one) => one.outcome)).toEqual(['holds', 'holds']);
  });

  test('is taken over the cases of both', () => {
    const [, mean] = judge(recordOf(), again({ speedups: [times(1)[0]] }), id, new Map()).claims;
    expect(mean).toMatchObject({ claim: 'mean', cases: 1, outcome: 'holds' });
    expect(mean.recorded.speedup?.value).toBeCloseTo(2, 2);
  });
});

describe('a verdict', () => {
  test.each<[string, string, Partial<Draft['candidates'][number]>, Partial<Draft['candidates'][number]>]>([
    ['holds', 'pass', {}, {}],
    ['does not hold', 'fail', {}, { verdict: 'fail', message: 'it differs' }],
    ["can't be told", 'unsupported', {}, { verdict: 'unsupported', message: 'no flag' }],
    ['holds', 'fail that failed', { verdict: 'fail', message: 'it differs' }, { verdict: 'error', message: 'it ends' }],
    ['does not hold', 'pass that failed', { verdict: 'fail', message: 'it differs' }, {}],
  ])('%s for a %s', (outcome, _, there, here) => {
    const row = { ...draft().candidates[0], ...there };
    const [claim] = found(again(withRow(here)), recordOf({ overrides: { candidates: [row] } }));
    expect(claim).toMatchObject({ claim: 'verdict', outcome });
  });

  test('is told on another machine too', () => {
    const other = { machine: { ...draft().machine, cpu: 'Z' } };
    const failed = withRow({ verdict: 'fail', message: 'it differs' }).overrides;
    expect(found(again({ overrides: { ...failed, ...other } }))[0]).toEqual({
      ...{ claim: 'verdict', outcome: 'does not hold', why: 'it differs' },
    });
  });

  test("without a source here can't be told, nor can its speedup", () => {
    const missing = new Map([['sgemm/mine-ts', 'the record does not hold its source']]);
    const unknown = { outcome: "can't be told", why: 'the record does not hold its source' };
    expect(found(null, recordOf(), missing)).toEqual([
      { claim: 'verdict', ...unknown },
      { claim: 'mean', ...unknown },
    ]);
  });
});

test('the report counts the outcomes and says why', () => {
  const here = again({ speedups: times(0.5) });
  const text = reportClaims(recordOf(), judge(recordOf(), here, id, new Map()).claims, { record: here, file: null });
  expect(text).toMatch(/sgemm\/mine-ts +mean speedup of 2 cases +3\.00x .* +1\.50x .* does not hold/);
  expect(text).toMatch(/\nx sgemm\/mine-ts, mean speedup of 2 cases: does not hold: 0\.500 of the claim/);
  expect(text).toMatch(/\nOf 2 claims: 1 holds, 1 does not hold\.$/);
});

describe('nfold reproduce', () => {
  const run = async (record: object, ...args: string[]) => {
    writeFileSync(join(folder, 'r.json'), JSON.stringify(record));
    return nfoldIn(['reproduce', 'r.json', ...args], { cwd: folder });
  };
  const saved = (overrides: Partial<Draft>) => recordOf({ overrides });
  const [row] = draft().candidates;

  test('of a record without sources tells nothing, and nothing fails', async () => {
    const { code, stdout } = await run(saved({ texts: {} }), '--json');
    expect(code).toBe(0);
    const { again, claims } = JSON.parse(stdout);
    expect(again).toBeNull();
    expect(claims.map(({ outcome, why }: { outcome: string; why: string }) => [outcome, why])).toEqual(
      Array(2).fill(["can't be told", 'the record does not hold its source']),
    );
    const elsewhere = { ...row, op: 'nosuch', candidate: 'nosuch/mine-ts' };
    expect((await run(saved({ candidates: [elsewhere] }))).stdout).toContain(
      "nosuch/mine-ts, verdict: can't be told: there is no op nosuch here",
    );
  });

  test.each<[string, number, object, RegExp]>([
    ['no claim', 3, saved({ candidates: [] }), /^nfold: Record \S+ claims nothing/],
    ['only what the machine lacked', 3, saved({ candidates: [{ ...row, verdict: 'unsupported' }] }), /claims nothing/],
    [
      'a text that was changed',
      2,
      recordOf(),
      /^nfold: The text of kernels\/sgemm\/mine-ts\.ts in record \S+ was changed: its hash/,
    ],
    [
      "a text of the user's",
      2,
      saved({ text: '/etc/passwd' }),
      /is of the text \/etc\/passwd, which it does not hold: give it with --text\./,
    ],
    ['no record', 2, { schema: 'x' }, /^nfold: r\.json is not a record/],
  ])('with %s ends with %i and one sentence', async (_, code, record, sentence) => {
    const outcome = await run(record);
    expect(outcome).toMatchObject({ code, stdout: '' });
    expect(outcome.stderr).toMatch(sentence);
  });

  test('leads no path of a record out of its folder', async () => {
    const record = small() as { candidates: { sources: { path: string }[] }[] };
    for (const { sources } of record.candidates) if (sources[0]) sources[0].path = `../../../../${sources[0].path}`;
    const { code, stderr } = await run(record);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^nfold: The source of \S+ in \S+ cannot be used: \S+ is no path such as kernels\/sgemm\/mine\.ts\.\n$/,
    );
  });

  test('takes a record with anything anywhere in it, of which nothing can be run', async () => {
    const record = { ...small(), texts: {} };
    await fc.assert(
      fc.asyncProperty(change(record), async ({ path, put }) => {
        writeFileSync(
          join(folder, 'r.json'),
          JSON.stringify(path[0] === 'texts' ? record : withValue(record, path, put)),
        );
        expect(await tried(['reproduce', 'r.json'], folder)).toBeNull();
      }),
      { numRuns: 60 },
    );
  });

  test('misses its record in one sentence', async () => {
    expect(await nfoldIn(['reproduce'], { cwd: folder })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("missing required argument 'record'"),
    });
    expect(await nfoldIn(['reproduce', 'nosuch'], { cwd: folder })).toMatchObject({ code: 2 });
  });
});
