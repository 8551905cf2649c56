/** Analysis as one pure step: from the samples of a published record it makes the record's own numbers. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { analyse } from '../src/analysis/results.ts';
import type { TimedOp } from '../src/analysis/timed.ts';
import { loadOp } from '../src/catalog/ops.ts';
import { packageRoot } from '../src/files/places.ts';
import { byCandidate } from '../src/records/byCandidate.ts';
import type { Record } from '../src/records/schema.ts';
import { loadRecord } from '../src/records/store.ts';
import { efforts } from '../src/stopwatch/effort.ts';

/** What was timed, as the record holds it. */
async function timedOps(record: Record): Promise<TimedOp[]> {
  const held = byCandidate(record);
  const timed = record.suites.flatMap((suite) => suite.ops.map((name) => ({ suite, name })));
  return Promise.all(
    timed.map(async ({ suite, name }) => {
      const op = await loadOp(name);
      const own = record.results.filter((r) => r.op === name).map((r) => r.case);
      const candidates = record.candidates.filter((row) => row.op === name);
      return {
        ...{ suite, op, watched: null, ceilings: null, samples: record.samples.filter((s) => s.op === name) },
        baseline: { id: `${name}/baseline`, hash: record.baselines.find((one) => one.op === name)?.hash ?? '' },
        cases: op.cases.filter((c) => own.includes(op.caseName(c))),
        meanCases: op.cases.filter((c) => !c.extra),
        variants: candidates.map((row) => {
          const { results } = held(row);
          const parameters = new Map(results.flatMap((r) => (r.parameters ? [[r.case, r.parameters] as const] : [])));
          const { threads, flags, tier, hash, verification } = results[0];
          const { candidate: id, peer, verdict, message } = row;
          return {
            id,
            peer,
            verdict,
            message,
            threads,
            flags,
            tier,
            hash,
            parameters,
            worst: verification?.worst ?? null,
          };
        }),
      };
    }),
  );
}

const folder = join(packageRoot, 'bench/records');

describe.each(readdirSync(folder).filter((name) => name.endsWith('.json')))('bench/records/%s', (name) => {
  const record = loadRecord(join(folder, name));
  const { halfWidth } = efforts[record.effort];
  const analysed = async () => analyse(await timedOps(record), { ...record, clockNs: 20, halfWidth });
  // A record from before the cases were pooled (stats/pooled.ts) has no weights, other intervals and other baseline times.
  const isOlder = record.means.every(({ weights }) => weights === null);

  test.skipIf(isOlder)('its samples give its results, means, overall means and discards', async () => {
    const results = record.results.map((r) => ({ ...r, percentOfPeak: null, peak: null }));
    const { means, overall, discards } = record;
    expect(await analysed()).toMatchObject({ results, means, overall, discards });
  });

  test('its samples give its rows, and speedups within its intervals', async () => {
    const found = await analysed();
    const rowOf = (r: Record['results'][number]) => [r.candidate, r.op, r.case, r.threads, r.verdict, r.baseline.hash];
    expect(found.results.map(rowOf)).toEqual(record.results.map(rowOf));
    for (const [i, { speedup, disturbed }] of found.results.entries()) {
      const then = record.results[i].speedup;
      expect(speedup === null).toBe(then === null || disturbed !== null);
      if (!speedup || !then) continue;
      expect(speedup.value).toBeGreaterThanOrEqual(then.low ?? 0);
      expect(speedup.value).toBeLessThanOrEqual(then.high ?? Number.POSITIVE_INFINITY);
    }
    const meanOf = ({ candidate, op, suite }: Record['means'][number]) => [candidate, op, suite];
    expect(found.means.map(meanOf)).toEqual(record.means.map(meanOf));
    expect(found.warnings.some(({ kind }) => kind === 'virtual')).toBe(record.machine.virtual);
  });
});
