/** Records as the page shows them, made from one that a test changes. */
import { parseHTML } from 'linkedom';
import { render } from '../../src/draw/markup.ts';
import { type Section, sectionMarkup } from '../../src/page/section.ts';
import { subjectOf } from '../../src/page/subject.ts';
import type { Draft, Record } from '../../src/records/schema.ts';
import type { Interval } from '../../src/stats/interval.ts';
import { draft } from './draft.ts';

export const recordOf = (overrides: Partial<Draft> = {}, id = 'a'): Record => ({ ...draft({ overrides }), id });

export const subject = (...records: readonly Record[]) => subjectOf(records);

/** The document of sections. */
export const shown = (sections: readonly Section[]) =>
  parseHTML(`<!doctype html>${render(sections.map(sectionMarkup))}`).document;

/** Half of a factor to either side is `spread`: 1.1 for ten percent. */
export const interval = (value: number, spread = 1.1): Interval => ({
  value,
  low: value / spread,
  high: value * spread,
});

interface Arm {
  readonly candidate: string;
  readonly op?: string;
  readonly peer?: boolean;
  readonly about?: string;
  /** By case; null for what is withheld. */
  readonly speedups: readonly (Interval | null)[];
  readonly mean?: Interval | null;
  readonly comparison?: 'faster' | 'slower' | 'same' | 'inconclusive' | null;
  readonly withheld?: string | null;
  readonly verdict?: 'pass' | 'fail' | 'unsupported';
  readonly percentOfPeak?: number | null;
}

const [base] = [draft()];

/** A record of these candidates and peers, without samples. */
export function recordFrom(arms: readonly Arm[], overrides: Partial<Draft> = {}, id = 'a'): Record {
  const given = arms.map((arm) => ({ op: 'sgemm', peer: false, verdict: 'pass' as const, about: 'an idea', ...arm }));
  const ops = [...new Set(given.map(({ op }) => op))];
  const results = given.flatMap(({ candidate, op, peer, verdict, speedups, percentOfPeak = 50 }) =>
    speedups.map((speedup, i) => ({
      ...{ ...base.results[0], candidate, op, peer, verdict, case: `N${i + 1}`, speedup },
      disturbed: speedup === null && verdict === 'pass' ? 'other programs used the CPU' : null,
      baseline: { hash: 'b', timeNs: 1e6 },
      timeNs: speedup && 1e6 / speedup.value,
      percentOfPeak: speedup && percentOfPeak,
    })),
  );
  const means = given.map(({ candidate, op, peer, speedups, ...arm }) => {
    const values = speedups.flatMap((one) => one?.value ?? []);
    const found = arm.mean === undefined ? speedups[0] : arm.mean;
    const [least, greatest] = found ? [Math.min(...values), Math.max(...values)] : [null, null];
    const centers = { geometric: found?.value ?? null, harmonic: found?.value ?? null, least, greatest };
    return {
      ...{ ...base.means[0], candidate, op, peer, arithmetic: found, ...centers, cases: speedups.length },
      ...{ comparison: arm.comparison ?? null, withheld: found ? null : (arm.withheld ?? 'disturbed at N1') },
    };
  });
  const candidates = given.map(({ candidate, op, peer, about, verdict }) => {
    return { ...base.candidates[0], candidate, op, peer, about, verdict };
  });
  const suites = [{ name: ops.length > 1 ? 'lm_ops' : ops[0], ops, showsEssayResults: false }];
  const all = { suites, results, candidates, means: means.map((mean) => ({ ...mean, suite: suites[0].name })) };
  return recordOf({ ...all, samples: [], ...overrides }, id);
}
