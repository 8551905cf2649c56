/** Scores as the judge leaves them, from drafts of records. */
import type { Draft } from '../../src/records/schema.ts';
import type { Score } from '../../src/records/score.ts';
import { type Facts, scoreOf } from '../../src/task/scoreOf.ts';
import { draft } from './draft.ts';

export const facts: Facts = {
  ...{ task: 'sgemm', ops: ['sgemm'], protocol: 1, key: 'key', label: 'mine', artefact: 'aaaa1111bbbb', run: 1 },
  ...{ host: 'host-a', class: 'amd-zen3-avx2-2c-node26', record: '20261125-100000-0001', held: null, late: 0 },
  ...{ ignored: [], copied: [], folder: null },
};

/** An interval of `share` to either side on the log scale. */
export const around = (value: number, share = 0.02) => ({ value, low: value / (1 + share), high: value * (1 + share) });

let made = 0;

/** A score of that mean, or without one, an hour after the one that was made before it. */
export function score(label: string, mean: number | null, about: Partial<Score> = {}): Score {
  made++;
  const createdAt = new Date(Date.UTC(2026, 10, 25, 10) + made * 3_600_000).toISOString();
  const failed: Partial<Score> =
    mean === null
      ? {
          verdict: 'fail',
          caughtBy: 'differs at M5N7K0 on normal inputs',
          failure: `sgemm/attempt@${label} is wrong`,
          cases: [],
          withheld: 'fail',
        }
      : {};
  const told = {
    schema: 'nfold/score@1',
    id: `score-${made}`,
    ...scoreOf(draft(), { ...facts, label, artefact: `${label}-hash` }),
  } as const;
  const values = mean === null ? { geometric: null, harmonic: null } : { geometric: mean, harmonic: mean };
  return {
    ...told,
    createdAt,
    mean: mean === null ? null : around(mean),
    noiseFloor: 0.01,
    ...values,
    ...failed,
    ...about,
  };
}

/** A draft whose only candidate did not pass. */
export function failing(row: Partial<Draft['candidates'][number]>): Draft {
  const base = draft();
  const none = { arithmetic: null, geometric: null, harmonic: null, least: null, greatest: null, cases: 0 };
  return {
    ...base,
    candidates: [{ ...base.candidates[0], ...row }],
    results: [],
    means: base.means.map((mean) => ({ ...mean, ...none, withheld: `${row.verdict}: ${row.message}` })),
  };
}
