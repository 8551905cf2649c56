/** A record's shares of the peak follow from the ceilings that it holds, although each op of a run has its own. */
import { describe, expect, test } from 'vitest';
import { suites } from '../bench/suites.ts';
import { buildBaseline } from '../src/build/build.ts';
import { loadOp } from '../src/catalog/ops.ts';
import type { Ceilings } from '../src/machine/ceilings.ts';
import { roof, workOf } from '../src/machine/roofline.ts';
import { Record } from '../src/records/schema.ts';
import type { OpOutcome } from '../src/run/outcome.ts';
import { draftOf, type RunFacts } from '../src/run/record.ts';
import { efforts } from '../src/stopwatch/effort.ts';
import { example, scaled } from './support/ceilings.ts';
import { draft } from './support/draft.ts';

const { machine, runtime } = draft();
const options = { effort: efforts.quick, seed: 1, committed: { commitment: null }, threads: 1 };
const facts = {
  ...{ options, machine, runtime, seconds: 1, interrupted: false, textName: 'none', startedAt: new Date(0) },
  strays: [],
} as unknown as RunFacts;

/** An op as a run leaves it: its baseline is also the candidate `x`, in the time of 40 times the least. */
async function outcomeOf(name: string, ceilings: Ceilings | null): Promise<OpOutcome> {
  const [op, built] = await Promise.all([loadOp(name), buildBaseline(name)]);
  const sample = (variant: string, round: number) =>
    op.cases.map((c) => {
      const ns = 40 * roof(example, workOf(op, c.dims), { threads: 1, flags: [] }).timeNs;
      return { round, turn: 0, case: op.caseName(c), variant, timeNs: [ns], queuedNs: null };
    });
  const verdict = { status: 'pass', checks: 1, worst: 0 } as const;
  return {
    ...{ suite: suites[0], op, baseline: built, cases: op.cases, meanCases: op.cases, unseen: [], watched: null },
    candidates: [{ id: `${name}/x`, about: null, built, peer: null, parameters: new Map(), verdict }],
    samples: [0, 1].flatMap((round) => [...sample(built.id, round), ...sample(`${name}/x`, round)]),
    ...{ ceilings, interrupted: false },
  };
}

async function recordOf(...ops: readonly (readonly [string, Ceilings | null])[]): Promise<Record> {
  const outcomes = await Promise.all(ops.map(([name, ceilings]) => outcomeOf(name, ceilings)));
  return Record.parse({ ...JSON.parse(JSON.stringify(draftOf(outcomes, facts))), id: 'x' });
}

const setsOf = ({ ceilings }: Record) => ceilings?.map(({ ops }) => ops);

describe('the ceilings of a record', () => {
  test('are those of each op, one set for ops that share one', async () => {
    const record = await recordOf(['sgemm', example], ['gelu_forward', scaled(0.5)], ['residual_forward', example]);
    expect(setsOf(record)).toEqual([['sgemm', 'residual_forward'], ['gelu_forward']]);
    const withSet = record.results.map((result) => {
      return { ...result, set: record.ceilings?.find(({ ops }) => ops.includes(result.op)) };
    });
    expect(withSet.length).toBeGreaterThan(3);
    for (const { set, op: name, case: of, threads, flags, timeNs, percentOfPeak, peak } of withSet) {
      const op = await loadOp(name);
      const c = op.cases.find((one) => op.caseName(one) === of);
      if (!set || !c || timeNs === null) throw new Error(`${name} at ${of} has no time or no ceilings`);
      const { timeNs: leastNs, ...bound } = roof(set, workOf(op, c.dims), { threads, flags });
      expect([percentOfPeak, peak]).toEqual([(100 * leastNs) / timeNs, bound]);
    }
    // All that was measured is there, also what bounds no case.
    const { caches, revectorized, fma, bandwidth, measuredAt, cores } = example;
    expect(record.ceilings?.[0]).toMatchObject({ measuredAt, cores, caches, revectorized, fma, bandwidth });
  });

  test('lack an op whose ceilings are not known, and are null in an older record', async () => {
    expect(setsOf(await recordOf(['sgemm', null], ['gelu_forward', example]))).toEqual([['gelu_forward']]);
    expect(setsOf(await recordOf(['sgemm', null]))).toEqual([]);
    const { ceilings, ...older } = draft();
    expect(Record.parse({ ...older, id: 'x' }).ceilings).toBeNull();
  });

  test.each([
    ['a rate of 0', { fma: [{ bits: 128, threads: 1, gflops: 0 }] }],
    ['a rate without end', { fma: [{ bits: 128, threads: 1, gflops: 1e300 }] }],
    ['a width that there is not', { fma: [{ bits: 64, threads: 1, gflops: 1 }] }],
    ['a rate twice', { fma: [example.fma[0], example.fma[0]] }],
    ['a date in words', { measuredAt: 'yesterday' }],
    [
      'very many rates',
      { bandwidth: Array.from({ length: 501 }, (_, threads) => ({ ...example.bandwidth[0], threads })) },
    ],
  ])('may come from anywhere: %s is refused', (_, wrong) => {
    const { success } = Record.safeParse({ ...draft(), id: 'x', ceilings: [{ ...example, ops: ['sgemm'], ...wrong }] });
    expect(success).toBe(false);
    expect(Record.safeParse({ ...draft(), id: 'x', ceilings: [{ ...example, ops: ['sgemm'] }] }).success).toBe(true);
  });
});

test('the name of a peak tells its width, so that two peaks have two names', () => {
  const work = { flop: 1, bytes: 1e6, workingSet: 1e6 };
  const names = [[], ['--experimental-wasm-revectorize']].map(
    (flags) => roof(example, work, { threads: 2, flags }).name,
  );
  expect(names).toEqual(['128-bit L2 bandwidth, 2 threads', '256-bit L2 bandwidth, 2 threads']);
});
