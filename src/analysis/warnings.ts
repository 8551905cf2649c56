/** Facts that may have disturbed the times of a run; report/warnings.ts puts them into words. */
import type { Machine } from '../machine/describe.ts';
import type { Warning } from '../records/warning.ts';
import type { Watched } from '../stopwatch/request.ts';
import { foreseen } from './audits.ts';
import { everyCase, type TimedOp } from './timed.ts';

type UntimedWork = Omit<Extract<Warning, { kind: 'untimed' }>, 'kind'>;

export type Observed = ReturnType<typeof observed>;

/** The facts of all ops together, whether or not they are worth a warning; null if the system does not tell. */
export function observed(ops: readonly TimedOp[], machine: Machine, clockNs: number) {
  const cases = everyCase(ops);
  const used = ops.flatMap(({ variants }) => variants.map(({ peer, threads }) => (peer ? 1 : threads)));
  // Threads that share a core wait for one another, and say nothing of other programs.
  const alone = cases.filter(({ variant: { peer, threads } }) => peer || threads <= machine.cores);
  const total = (of: (left: (typeof cases)[number]['left']) => number) =>
    alone.reduce((sum, { left }) => sum + of(left), 0);
  const watched = ops.flatMap((timed) => timed.watched ?? []);
  const warmups = watched.flatMap((one) => one.warmups);
  const stolen = watched.flatMap((one) => one.stolen ?? []);
  const [shortest = null] = cases
    .flatMap(({ variant, name, timeNs }) =>
      timeNs === null ? [] : [{ variant: variant.id, case: name, timeNs, clockNs }],
    )
    .sort((a, b) => a.timeNs - b.timeNs);
  return {
    machine,
    /** Largest number that any candidate used. */
    threads: Math.max(1, ...used),
    calls: {
      leftOut: total(({ count }) => count),
      calls: total(({ of }) => of),
      disturbed: total(({ disturbedRounds }) => disturbedRounds),
      rounds: total(({ rounds }) => rounds),
    },
    warmups: { unsteady: warmups.filter(({ steady }) => !steady).length, of: warmups.length },
    /** Times of the same loop, at the start of each round. */
    loopsNs: watched.flatMap((one) => one.loopsNs),
    /** Share of the machine's CPU time. */
    stolen: stolen.length > 0 ? Math.max(...stolen) : null,
    untimed: ops.flatMap(untimedWork),
    foreseen: ops.flatMap(foreseenCalls),
    /** The shortest call that was timed, beside the step of the clock. */
    shortest,
  };
}

function foreseenCalls({ op, variants, watched }: TimedOp) {
  return variants.flatMap(({ id, peer }) => {
    const found = peer ? null : foreseen(watched?.audits.filter(({ variant }) => variant === id) ?? []);
    return found ? [{ variant: id, op: op.name, ...found }] : [];
  });
}

/** CPU time of a thread outside a call that input copies and a busy machine explain. */
const explainedNs = 1e7;

/**
 * Candidates whose threads use more CPU time outside their calls than the baseline's, by enough for half of the baseline's work. The minimum
 * over turns counts, which no disturbance explains. Waking a thread counts as well: the main thread spins for it, untimed, for milliseconds
 * if both share a CPU.
 */
function untimedWork({ baseline, variants, watched }: TimedOp): UntimedWork[] {
  return [...Map.groupBy(watched?.untimed ?? [], (turn) => turn.case)].flatMap(([name, turns]) => {
    const [usual = { calledNs: 0, untimedNs: 0 }] = perCall(turns, baseline.id);
    return variants.flatMap(({ id, peer, threads }) =>
      perCall(turns, id)
        .filter(({ untimedNs }) => {
          const more = untimedNs - usual.untimedNs;
          return !peer && more > Math.max(explainedNs * threads, usual.calledNs / 2);
        })
        .map((own) => ({ variant: id, case: name, ...own, baselineUntimedNs: usual.untimedNs })),
    );
  });
}

/** The minima over the turns of a variant, ns a call; empty if it has none. */
function perCall(all: Watched['untimed'], id: string) {
  const turns = all.filter(({ variant }) => variant === id);
  if (turns.length === 0) return [];
  const min = (of: (turn: (typeof turns)[number]) => number) =>
    Math.min(...turns.map((turn) => of(turn) / Math.max(1, turn.calls)));
  return [{ calledNs: min(({ calledNs }) => calledNs), untimedNs: min(({ untimedNs }) => untimedNs) }];
}

/** The warnings that the facts are worth; none if the machine was quiet. */
export function warningsOf(seen: Observed): Warning[] {
  const { threads, calls, warmups, loopsNs, stolen, untimed, shortest } = seen;
  const { load, cores, virtual } = seen.machine;
  const change = loopsNs.length > 0 ? Math.max(...loopsNs) / Math.min(...loopsNs) - 1 : 0;
  const disturbed = calls.leftOut > 0.05 * calls.calls || calls.disturbed > 0.05 * calls.rounds;
  const found: readonly (Warning | false)[] = [
    load !== null && load > cores && { kind: 'busy', load, cores },
    disturbed && { kind: 'disturbed', ...calls },
    change > 0.05 && { kind: 'pace', change },
    stolen !== null && stolen > 0.01 && { kind: 'stolen', share: stolen },
    virtual === true && { kind: 'virtual' },
    threads > cores && { kind: 'oversubscribed', threads, cores },
    shortest !== null && shortest.clockNs > 0.01 * shortest.timeNs && { kind: 'clock', ...shortest },
    warmups.unsteady > 0.1 * warmups.of && { kind: 'warmup', ...warmups },
    ...seen.foreseen.map((found) => ({ kind: 'foreseen' as const, ...found })),
    ...untimed.map((work) => ({ kind: 'untimed' as const, ...work })),
  ];
  return found.filter((warning) => warning !== false);
}
