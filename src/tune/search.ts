/**
 * The search for one case times many configurations a little, the best of them for longer, and checks and measures the best of those.
 *
 *   rung 0   proposals, at random near the best one so far or anywhere, for half of the time
 *   rung 1   the best 8, with 4 times the calls;   rung 2   the best 3, with 16 times
 *   then     the first that verifies at all edges and at this shape is measured against the candidate's default as a bench measures, in
 *            fresh processes on fresh inputs; it wins if the whole interval says that it is faster
 *
 * A trial that the log has is not made again, so that a stopped search goes on where it was.
 * Source   Jamieson and Talwalkar 2016, for successive halving.
 */
import { median } from 'simple-statistics';
import type { Tuning } from '../build/build.ts';
import { type Event, events, type Winner } from '../build/tuned.ts';
import type { Parameters } from '../contract/candidate.ts';
import type { Case } from '../contract/op.ts';
import { makeRng, type Rng } from '../contract/rng.ts';
import type { Variant } from '../contract/variant.ts';
import { planChecks } from '../judge/plan.ts';
import { deriveSeed } from '../judge/seed.ts';
import { verify } from '../judge/verify.ts';
import { describe } from '../machine/describe.ts';
import { machine, runtime } from '../machine/fingerprint.ts';
import { speedup } from '../stats/speedup.ts';
import { measure } from '../stopwatch/measure.ts';
import type { MeasureRequest } from '../stopwatch/request.ts';
import { score, Trials, type Tunable } from './trial.ts';

export interface SearchRequest extends Omit<MeasureRequest, 'variants' | 'cases'> {
  readonly built: Tunable;
  readonly c: Case;
  /** The log of earlier searches. */
  readonly file: string;
  /** Keeps an event of this search. */
  keep(event: Event): void;
  /** Milliseconds for the rungs; verification and confirmation come on top. */
  readonly budgetMs: number;
  /** Threads that the candidate uses. */
  readonly used: number;
  readonly signal: AbortSignal;
}

interface Search extends SearchRequest {
  /** The candidate's default at this case. */
  readonly own: Parameters;
  readonly common: Pick<Winner, 'hash' | 'threads' | 'case' | 'dims'>;
}

/** A rung takes the best `size` configurations of the one before, and ends at this share of the budget. */
const rungs = [
  { size: Number.POSITIVE_INFINITY, share: 0.5 },
  { size: 8, share: 0.75 },
  { size: 3, share: 1 },
];
/** A configuration within this factor of the default may still turn out to be faster. */
const hopeful = 1.03;

/** Returns the end of the search, which is kept as well. Throws if the default fails or the search is aborted. */
export async function search(request: SearchRequest): Promise<Winner> {
  const { built, c, op, used, keep } = request;
  const own = await built.tuning.with({}).tuning?.parameters(c.dims, used);
  if (own === undefined) throw new Error('a candidate with parameters lost them');
  const common = { hash: built.hash, threads: used, case: op.caseName(c), dims: { ...c.dims } };
  const started = { ...request, own, common };
  const trials = new Trials(started);
  let measured: Winner | null = null;
  try {
    for (const parameters of await climb(started, trials)) {
      const checks = await check(started, parameters);
      if (checks !== null) measured = await confirm(started, parameters, checks);
      if (measured) break;
    }
  } finally {
    trials.close();
  }
  const winner = measured ?? winnerOf(started);
  keep(winner);
  return winner;
}

/** The configurations that passed all rungs and look faster than the default, the best first. */
async function climb(search: Search, trials: Trials): Promise<Parameters[]> {
  const { built, own, common, file, budgetMs, keep, onProgress } = search;
  const keyAt = (parameters: Parameters, rung: number) => `${rung} ${keyOf(parameters)}`;
  const known = new Map(
    events(file, built.hash)
      .filter((event) => event.type === 'trial')
      .filter((event) => event.case === common.case && event.threads === common.threads)
      .map((event) => [keyAt(event.parameters, event.rung), event]),
  );
  const tryAt = async (parameters: Parameters, rung: number) => {
    const earlier = known.get(keyAt(parameters, rung));
    const outcome = earlier ?? (await trials.run(parameters, rung));
    if (!earlier) keep({ type: 'trial', ...common, at: new Date().toISOString(), parameters, rung, ...outcome });
    return { parameters, score: score(outcome) };
  };
  const started = performance.now();
  const isOver = (rung: number) => performance.now() - started > rungs[rung].share * budgetMs;
  const rng = makeRng(deriveSeed(0, built.hash, common.case, common.threads));
  const tried = new Set([keyOf(own)]);
  let best = { parameters: own, score: 1 };
  let field: (typeof best)[] = [];
  for (let next = propose(built.tuning.space, own, tried, rng); next; ) {
    tried.add(keyOf(next));
    const found = await tryAt(next, 0);
    field.push(found);
    if (found.score < best.score) best = found;
    const detail = `${field.length} tried, the best ${(1 / best.score).toFixed(3)} times as fast`;
    onProgress({ op: common.case, stage: 'searching', detail });
    if (isOver(0)) break;
    next = propose(built.tuning.space, best.parameters, tried, rng);
  }
  const ranked = () => field.sort((a, b) => a.score - b.score);
  for (const rung of [1, 2]) {
    const kept = ranked().slice(0, rungs[rung].size);
    field = [];
    for (const { parameters } of kept.filter((one) => one.score <= hopeful)) {
      onProgress({ op: common.case, stage: `rung ${rung}`, detail: `${field.length + 1} of ${kept.length}` });
      field.push(await tryAt(parameters, rung));
      if (isOver(rung)) break;
    }
  }
  return ranked().flatMap((one) => (one.score < 1 ? [one.parameters] : []));
}

/** The number of checks that the configuration passed, at every edge and at this shape; null if it failed one. */
async function check(search: Search, parameters: Parameters): Promise<number | null> {
  const { op, seed, built, c, common, onProgress } = search;
  const variant = built.tuning.with(parameters);
  const verdicts = await verify({
    ...search,
    variants: [variant],
    checks: planChecks(op, [...op.edges, c], { seed, repeats: 1, timedShapes: true }),
    onProgress: (done, total) =>
      onProgress({ op: common.case, stage: 'verifying', detail: `check ${done + 1} of ${total}` }),
  });
  const verdict = verdicts.get(variant.id);
  return verdict?.status === 'pass' ? verdict.checks : null;
}

async function confirm(search: Search, parameters: Parameters, checks: number): Promise<Winner> {
  const { built, own, common, c, seed, signal, onProgress } = search;
  const before = { ...built.tuning.with(own), id: `${built.id} by default` };
  const after = { ...built.tuning.with(parameters), id: built.id };
  const { samples, verdicts, interrupted } = await measure({
    ...search,
    baseline: before,
    variants: [after],
    cases: [c],
    seed: deriveSeed(seed, 'confirm', common.case),
    onProgress: ({ stage }) => onProgress({ op: common.case, stage: 'confirming', detail: stage }),
  });
  if (interrupted) signal.throwIfAborted();
  const passed = verdicts.get(after.id)?.status === 'pass';
  const ratio = passed ? speedup(samples, before.id, after.id, common.case) : null;
  const confirmed = ratio !== null && ratio.low !== null && ratio.low > 1;
  const timesOf = ({ id }: Variant) => samples.flatMap((s) => (s.variant === id ? [[...s.timeNs]] : []));
  const times = { timeNs: timesOf(after), defaultNs: timesOf(before) };
  return winnerOf(search, { parameters: confirmed ? parameters : own, confirmed, ratio, checks, ...times });
}

/** The event that ends a search: the default stands unless `found` says more. */
function winnerOf({ own, common }: Search, found: Partial<Winner> = {}): Winner {
  const stands = { parameters: own, confirmed: false, ratio: null, checks: 0, timeNs: [], defaultNs: [] };
  const made = { at: new Date().toISOString(), machine: describe(machine(), runtime()) };
  return { type: 'winner', ...common, ...made, own, ...stands, ...found };
}

/** Median over rounds of the median of a round. */
export function typical(rounds: readonly (readonly number[])[]): number | null {
  return rounds.length === 0 ? null : median(rounds.map((times) => median([...times])));
}

type Space = Tuning['space'];

/** A key for the values, whatever the order of their names. */
export function keyOf(parameters: Parameters): string {
  return JSON.stringify(Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function sizeOf(space: Space): number {
  return Object.values(space).reduce((product, values) => product * values.length, 1);
}

/**
 * A configuration that was not tried yet: the best one so far with one parameter drawn again, or with all of them.
 * Null after many draws in a row of tried ones: the space is nearly exhausted.
 */
export function propose(space: Space, best: Parameters, tried: ReadonlySet<string>, rng: Rng): Parameters | null {
  const names = Object.keys(space);
  if (names.length === 0) return null;
  const pick = (name: string) => space[name][rng.int(0, space[name].length - 1)];
  for (let draw = 0; draw < 40 + 4 * sizeOf(space) && draw < 2000; draw++) {
    const changed = rng.bits() & 1 ? [names[rng.int(0, names.length - 1)]] : names;
    const proposal = { ...best, ...Object.fromEntries(changed.map((name) => [name, pick(name)])) };
    if (!tried.has(keyOf(proposal))) return proposal;
  }
  return null;
}

/** The parameters that differ from the default: `MR 4 KC 384`. */
export function changes(parameters: Parameters, own: Parameters): Parameters {
  return Object.fromEntries(Object.entries(parameters).filter(([name, value]) => own[name] !== value));
}
