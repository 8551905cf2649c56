/** What the warnings of a run are drawn from, gathered over its ops. */
import { threadsOf } from '../contract/variant.ts';
import type { Machine } from '../machine/describe.ts';
import type { OpOutcome } from '../run/outcome.ts';
import { leftOut, typicalNs } from '../stats/speedup.ts';
import type { Watched } from '../stopwatch/request.ts';
import { clockStepNs } from '../stopwatch/system.ts';
import type { Beside, Observed } from './warnings.ts';

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

const variantsOf = ({ candidates }: OpOutcome) => candidates.flatMap(({ built, peer }) => built ?? peer ?? []);

const everyCase = (outcomes: readonly OpOutcome[]) =>
  outcomes.flatMap((outcome) =>
    outcome.cases.flatMap((c) =>
      variantsOf(outcome).map((variant) => ({ ...outcome, variant, name: outcome.op.caseName(c) })),
    ),
  );

/** What was left out of the statistics, where anything was. */
export function discards(outcomes: readonly OpOutcome[]): Discard[] {
  return everyCase(outcomes)
    .map(({ op, samples, baseline, variant, name }) => {
      const { count, of } = leftOut(samples, baseline.id, variant.id, name);
      return { op: op.name, case: name, variant: variant.id, rule, count, of };
    })
    .filter(({ count }) => count > 0);
}

export function observed(outcomes: readonly OpOutcome[], machine: Machine, threads: number): Observed {
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
    beside: outcomes.flatMap((outcome) => workBeside(outcome, threads)),
    clockNs: clockStepNs(),
    shortest: timed.sort((a, b) => a.timeNs - b.timeNs)[0] ?? null,
  };
}

/** Below this, of each thread, putting inputs in place and the disturbances of a busy machine explain all. */
const leastBesideNs = 1e7;

/**
 * Where a candidate's threads have so much more CPU time beside its calls than the baseline's that half of the baseline's work could be
 * done in it. The least of all turns counts, which is what no disturbance explains. Waking a thread counts as well: the main one waits
 * for it untimed and spinning, for milliseconds where both are given one CPU.
 */
function workBeside({ baseline, candidates, watched }: OpOutcome, threads: number): Beside[] {
  const used = new Map(candidates.flatMap(({ built }) => (built ? [[built.id, threadsOf(built, threads)]] : [])));
  return [...Map.groupBy(watched?.outside ?? [], (one) => one.case)].flatMap(([name, all]) => {
    const usual = perCall(all.filter(({ variant }) => variant === baseline.id));
    return [...Map.groupBy(all, ({ variant }) => variant)].flatMap(([variant, own]) => {
      const mine = perCall(own);
      const more = mine.besideNs - usual.besideNs;
      const explained = leastBesideNs * (used.get(variant) ?? Number.POSITIVE_INFINITY);
      return more > Math.max(explained, usual.calledNs / 2)
        ? [{ variant, case: name, ...mine, usualNs: usual.besideNs }]
        : [];
    });
  });
}

function perCall(turns: Watched['outside']) {
  const least = (of: (turn: Watched['outside'][number]) => number) =>
    turns.length === 0 ? 0 : Math.min(...turns.map((turn) => of(turn) / Math.max(1, turn.calls)));
  return { calledNs: least(({ calledNs }) => calledNs), besideNs: least(({ outsideNs }) => outsideNs) };
}
