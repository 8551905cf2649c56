/** What the warnings of a run are drawn from, gathered over its ops. */
import { threadsOf } from '../cell/opening.ts';
import type { Machine } from '../machine/fingerprint.ts';
import { leftOut, typicalNs } from '../stats/speedup.ts';
import type { SuiteOutcome } from './suite.ts';
import type { Observed } from './warnings.ts';
import { clockStepNs } from './watch.ts';

export interface Discard {
  readonly op: string;
  readonly case: string;
  readonly variant: string;
  readonly rule: string;
  readonly count: number;
  readonly of: number;
}

const rule =
  'waited for a CPU for more than 2 % of the call; of the calls of the variant and of the baseline beside it';

const variantsOf = ({ entries }: SuiteOutcome) => entries.flatMap(({ built, peer }) => built ?? peer ?? []);

const everyCase = (outcomes: readonly SuiteOutcome[]) =>
  outcomes.flatMap((outcome) =>
    outcome.cases.flatMap((c) =>
      variantsOf(outcome).map((variant) => ({ ...outcome, variant, name: outcome.op.caseName(c) })),
    ),
  );

/** What was left out of the statistics, where anything was. */
export function discards(outcomes: readonly SuiteOutcome[]): Discard[] {
  return everyCase(outcomes)
    .map(({ op, samples, baseline, variant, name }) => {
      const { count, of } = leftOut(samples, baseline.id, variant.id, name);
      return { op: op.name, case: name, variant: variant.id, rule, count, of };
    })
    .filter(({ count }) => count > 0);
}

export function observed(outcomes: readonly SuiteOutcome[], machine: Machine, threads: number): Observed {
  const cases = everyCase(outcomes);
  const left = cases.map(({ samples, baseline, variant, name }) => leftOut(samples, baseline.id, variant.id, name));
  const sum = (of: (one: (typeof left)[number]) => number) => left.reduce((total, one) => total + of(one), 0);
  const timed = cases.flatMap(({ samples, variant, name }) => {
    const timeNs = typicalNs(samples, variant.id, name);
    return timeNs === null ? [] : [{ variant: variant.id, case: name, timeNs }];
  });
  const warmups = outcomes.flatMap(({ watched }) => watched?.warmups ?? []);
  const stolen = outcomes.flatMap(({ watched }) => watched?.stolen ?? []);
  return {
    machine,
    threads: Math.max(1, ...cases.map(({ variant }) => threadsOf(variant, threads))),
    calls: { leftOut: sum(({ count }) => count), of: sum(({ of }) => of) },
    rounds: { disturbed: sum(({ disturbedRounds }) => disturbedRounds), of: sum(({ rounds }) => rounds) },
    warmups: { unsteady: warmups.filter(({ steady }) => !steady).length, of: warmups.length },
    pacesNs: outcomes.flatMap(({ watched }) => watched?.pacesNs ?? []),
    stolen: stolen.length > 0 ? Math.max(...stolen) : null,
    clockNs: clockStepNs(),
    shortest: timed.sort((a, b) => a.timeNs - b.timeNs)[0] ?? null,
  };
}
