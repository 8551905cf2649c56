/**
 * The search for one case: many configurations a little, the best of them longer, and the best of those in full.
 *
 *   rung 0   proposals, by turns near the best one so far and at random, for half of the time
 *   rung 1   the best 8, with 4 times the calls;   rung 2   the best 3, with 16 times
 *   then     the first of them that verifies at all edges and at this shape is measured as a bench measures, in fresh processes
 *            on fresh inputs, against the candidate's own choice; it wins if the whole interval says that it is faster
 *
 * What is in the log is not measured again, so that a search which was stopped goes on.
 * Source   Jamieson and Talwalkar 2016, for successive halving.
 */

import { median } from 'simple-statistics';
import { type Event, events, type Trial, type Winner } from '../build/tuned.ts';
import type { Parameters } from '../contract/candidate.ts';
import type { AnyOp, Case } from '../contract/op.ts';
import type { OnProgress } from '../contract/progress.ts';
import { makeRng } from '../contract/rng.ts';
import type { Variant } from '../contract/variant.ts';
import { deriveSeed } from '../judge/image.ts';
import { type Check, planChecks, verify } from '../judge/verify.ts';
import { describe } from '../machine/describe.ts';
import { machine, runtime } from '../machine/fingerprint.ts';
import { type Sampled, speedup } from '../stats/speedup.ts';
import type { Effort } from '../stopwatch/effort.ts';
import { measure } from '../stopwatch/measure.ts';
import { keyOf, propose } from './space.ts';
import { score, type TrialRequest, Trials } from './trial.ts';

export interface SearchRequest extends TrialRequest {
  readonly baseline: Variant;
  /** What earlier searches found. */
  readonly file: string;
  /** Keeps what this one finds. */
  keep(event: Event): void;
  /** For the rungs; verification and confirmation come on top. */
  readonly budgetMs: number;
  /** Threads that the candidate uses. */
  readonly used: number;
  /** Of the confirmation. */
  readonly effort: Effort;
  readonly onProgress: OnProgress;
}

const keptAt = [Number.POSITIVE_INFINITY, 8, 3];
/** Shares of the budget by whose end each rung is over. */
const shareOf = [0.5, 0.75, 1];
/** A configuration within this factor of the default may still turn out to be faster. */
const hopeful = 1.03;

export async function search(request: SearchRequest): Promise<Winner> {
  const { built, c, op, used } = request;
  const own = await built.tuning.with({}).tuning?.parameters(c.dims, used);
  if (own === undefined) throw new Error('a candidate with parameters lost them');
  const common = { hash: built.hash, threads: used, case: op.caseName(c), dims: { ...c.dims } };
  const trials = new Trials(request);
  try {
    const ranked = await climb(request, trials, own, common);
    for (const parameters of ranked) {
      const checks = await check(request, parameters);
      if (checks === null) continue;
      const winner = await confirm(request, own, parameters, checks, common);
      request.keep(winner);
      return winner;
    }
  } finally {
    trials.close();
  }
  const stands = stand(own, common);
  request.keep(stands);
  return stands;
}

type Common = Pick<Winner, 'hash' | 'threads' | 'case' | 'dims'>;

/** The configurations that came through all rungs and look faster than the default, the best first. */
async function climb(request: SearchRequest, trials: Trials, own: Parameters, common: Common): Promise<Parameters[]> {
  const { built, file, budgetMs, onProgress } = request;
  const done = new Map<string, Trial>();
  const rungKey = (parameters: Parameters, rung: number) => `${rung} ${keyOf(parameters)}`;
  for (const event of events(file, built.hash)) {
    if (event.type !== 'trial' || event.case !== common.case || event.threads !== common.threads) continue;
    done.set(rungKey(event.parameters, event.rung), event);
  }
  const started = performance.now();
  const run = async (parameters: Parameters, rung: number): Promise<number> => {
    const known = done.get(rungKey(parameters, rung));
    if (known) return score(known);
    const outcome = await trials.run(own, parameters, rung);
    request.keep({ type: 'trial', ...common, at: new Date().toISOString(), parameters, rung, ...outcome });
    return score(outcome);
  };
  const rng = makeRng(deriveSeed(0, built.hash, common.case, common.threads));
  const tried = new Set([keyOf(own)]);
  let best = { parameters: own, score: 1 };
  const field: { parameters: Parameters; score: number }[] = [];
  for (let next = propose(built.tuning.space, own, tried, rng); next; ) {
    tried.add(keyOf(next));
    const entry = { parameters: next, score: await run(next, 0) };
    field.push(entry);
    if (entry.score < best.score) best = entry;
    const detail = `${field.length} tried, the best ${(1 / best.score).toFixed(3)} times as fast`;
    onProgress({ op: common.case, stage: 'searching', detail });
    if (performance.now() - started > shareOf[0] * budgetMs) break;
    next = propose(built.tuning.space, best.parameters, tried, rng);
  }
  for (const rung of [1, 2]) {
    const kept = field.sort((a, b) => a.score - b.score).slice(0, keptAt[rung]);
    field.length = 0;
    for (const { parameters, score: before } of kept) {
      if (before > hopeful) continue;
      onProgress({ op: common.case, stage: `rung ${rung}`, detail: `${field.length + 1} of ${kept.length}` });
      field.push({ parameters, score: await run(parameters, rung) });
      if (performance.now() - started > shareOf[rung] * budgetMs) break;
    }
  }
  field.sort((a, b) => a.score - b.score);
  return field.filter((entry) => entry.score < 1).map(({ parameters }) => parameters);
}

/** At every edge; at this shape on all distributions, and exactly with the scalars of every edge. Null if it fails one. */
async function check(request: SearchRequest, parameters: Parameters): Promise<number | null> {
  const { op, oracle, built, baseline, c, seed, threads, text, signal, onProgress } = request;
  const variant = built.tuning.with(parameters);
  const checks = [...planChecks(op, op.edges, 1, false), ...shapeChecks(op, c)];
  const verdicts = await verify({
    ...{ op, oracle, baseline, variants: [variant], checks, seed, threads, text, signal },
    onProgress: (done, total) =>
      onProgress({ op: op.caseName(c), stage: 'verifying', detail: `check ${done + 1} of ${total}` }),
  });
  const verdict = verdicts.get(variant.id);
  return verdict?.status === 'pass' ? verdict.checks : null;
}

export function shapeChecks(op: AnyOp, c: Case): Check[] {
  const scalars = new Map(op.edges.map((edge) => [JSON.stringify(edge.scalars), edge.scalars]));
  const exact = op.exact ?? op.distributions[0];
  return [
    ...op.distributions.map((distribution) => ({ case: c, distribution, repeat: 0 })),
    ...[...scalars.values()].map((values) => ({ case: { ...c, scalars: values }, distribution: exact, repeat: 1 })),
  ];
}

async function confirm(
  request: SearchRequest,
  own: Parameters,
  parameters: Parameters,
  checks: number,
  common: Common,
): Promise<Winner> {
  const { op, oracle, built, c, threads, text, signal, effort, onProgress } = request;
  const named = (values: Parameters, id: string): Variant => ({ ...built.tuning.with(values), id });
  const [before, after] = [named(own, `${built.id}, its own choice`), named(parameters, built.id)];
  const { samples, verdicts, interrupted } = await measure({
    ...{ op, oracle, baseline: before, variants: [after], cases: [c], threads, text, signal },
    seed: deriveSeed(request.seed, 'confirm', common.case),
    effort,
    onProgress: ({ stage }) => onProgress({ op: common.case, stage: 'confirming', detail: stage }),
  });
  if (interrupted) signal.throwIfAborted();
  const passed = verdicts.get(after.id)?.status === 'pass';
  const ratio = passed ? speedup(samples, before.id, after.id, common.case) : null;
  const confirmed = ratio !== null && ratio.low !== null && ratio.low > 1;
  const times = (variant: Variant) => timesOf(samples, variant.id);
  return {
    ...stand(own, common),
    ...{ parameters: confirmed ? parameters : own, confirmed, ratio, checks },
    ...{ timeNs: times(after), defaultNs: times(before) },
  };
}

function timesOf(samples: readonly Sampled[], variant: string): number[][] {
  return samples.filter((s) => s.variant === variant).map(({ timeNs }) => [...timeNs]);
}

/** The candidate's own choice, where nothing better was found. */
function stand(own: Parameters, common: Common): Winner {
  const evidence = { confirmed: false, ratio: null, checks: 0, timeNs: [], defaultNs: [] };
  const at = new Date().toISOString();
  return { type: 'winner', ...common, at, machine: describe(machine(), runtime()), own, parameters: own, ...evidence };
}

/** Median over rounds of the median of a round. */
export function typical(rounds: readonly (readonly number[])[]): number | null {
  return rounds.length === 0 ? null : median(rounds.map((times) => median([...times])));
}
