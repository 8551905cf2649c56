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
  test('its samples give its results, means, overall means and discards', async () => {
    const record = loadRecord(join(folder, name));
    const { halfWidth } = efforts[record.effort];
    const found = analyse(await timedOps(record), { ...record, clockNs: 20, halfWidth });
    const results = record.results.map((r) => ({ ...r, percentOfPeak: null, peak: null }));
    // What an older nfold said of a peer that was not installed; it kept no weights.
    const means = record.means.map(({ weights, ...mean }) => {
      return { ...mean, ...(weights && { weights }), withheld: mean.withheld && expect.any(String) };
    });
    expect(found).toMatchObject({ results, means, overall: record.overall, discards: record.discards });
    expect(found.warnings.some(({ kind }) => kind === 'virtual')).toBe(record.machine.virtual);
  });
});
