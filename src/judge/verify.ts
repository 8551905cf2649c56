/**
 * Verification: every check draws one image, has the oracle say what must come out, and gives the same bytes to each
 * candidate in a cell of its own, twice, after a call on other bytes whose answer must not come back. A candidate's first
 * finding is its verdict.
 */

import { Cell } from '../cell/cell.ts';
import { openingOf } from '../cell/opening.ts';
import type { Call, Samples } from '../cell/protocol.ts';
import { CandidateError } from '../contract/errors.ts';
import { type AnyOp, bySize, type Case } from '../contract/op.ts';
import type { Oracle } from '../contract/oracle.ts';
import { makeRng } from '../contract/rng.ts';
import type { Variant } from '../contract/variant.ts';
import { whole } from './batch.ts';
import type { CheckName } from './checks.ts';
import { compose, deriveSeed, type Image } from './image.ts';
import { blank, boundsFor, compareRepeat, type Inspection, inspect } from './inspect.ts';
import { paceOf } from './pace.ts';
import { compareTrajectory, lossesOf, planTrajectory, trespassOf, trueLosses } from './trajectory.ts';
import { type Failure, failure, type Verdict } from './verdict.ts';

export interface Check {
  readonly case: Case;
  readonly distribution: string;
  readonly repeat: number;
  /** Under other scalars than those of the case, drawn from the seed. */
  readonly varied?: boolean;
  /** A short training run, in place of single calls. */
  readonly trajectory?: boolean;
}

/** What holds for every check and every timed call of a run. */
export interface Conditions {
  readonly seed: number;
  readonly threads: number;
  /** What else the command that replays a failure must say: effort, threads, text. */
  readonly replayFlags?: readonly string[];
  readonly text: Uint8Array;
  /** Checks that a test leaves out. */
  readonly without?: readonly CheckName[];
}

export interface VerifyRequest extends Conditions {
  readonly op: AnyOp;
  readonly oracle: Oracle;
  readonly baseline: Variant;
  readonly variants: readonly Variant[];
  readonly checks: readonly Check[];
  readonly signal?: AbortSignal;
  onProgress?(done: number, total: number): void;
  /** A process each, unless said otherwise. */
  startCell?(variant: Variant): Host;
}

/** What a check asks of a cell. */
export type Host = Pick<Cell, 'open' | 'close'> & {
  sample(...sampling: Parameters<Cell['sample']>): Promise<Samples>;
};

/** Shapes that no candidate has seen before: they follow from the seed, which is committed to before the run. */
export function drawnCases(op: AnyOp, seed: number, count = 6): readonly Case[] {
  const rng = makeRng(deriveSeed(seed, op.name, 'shapes'));
  return op.drawCase ? Array.from({ length: count }, () => op.drawCase?.(rng) as Case) : [];
}

/**
 * Edges and drawn shapes in every distribution; timed shapes in the exact one, or where there is none in all that they are not timed
 * in, since a kernel may work otherwise on large shapes, and of an op that carries state on the smallest; and in the one they are timed in,
 * if asked for. In the last distribution they are checked under other scalars as well, of an op that carries state the larger ones in place of
 * that check. Ops that carry state make a short training run on the last two of each kind; of timed shapes, on the smallest.
 */
export function planChecks(op: AnyOp, cases: readonly Case[], repeats: number, timedShapes: boolean): Check[] {
  const timed = new Set<Case>(op.cases);
  const [smallest] = bySize(op, op.cases);
  const single = cases.flatMap((c) => {
    const [usual, ...others] = op.distributions;
    const dear = op.carries && c !== smallest;
    const hard = op.exact !== undefined ? [op.exact] : dear ? [] : others;
    const checked = (distributions: readonly string[], times: number): Check[] =>
      distributions.flatMap((distribution) =>
        Array.from({ length: times }, (_, repeat) => ({ case: c, distribution, repeat })),
      );
    if (!timed.has(c)) return checked(op.distributions, repeats);
    const varied = op.vary && (timedShapes || !dear);
    const own = timedShapes && !(dear && varied) ? [usual, ...hard] : hard;
    const last = { case: c, distribution: op.distributions.at(-1) as string, repeat: 1, varied: true };
    return [...checked(own, 1), ...(varied ? [last] : [])];
  });
  if (!op.carries) return single;
  const small = cases.filter((c) => !timed.has(c)).slice(-2);
  const large = timedShapes
    ? bySize(
        op,
        cases.filter((c) => timed.has(c)),
      )
    : [];
  const runs = [...small, ...large.slice(0, 1)].map((c) => ({
    case: c,
    distribution: 'init',
    repeat: 0,
    trajectory: true,
  }));
  return [...single, ...runs];
}

/** A run of verification that knows how fast the baseline is, and so how long a call may take. */
interface Run extends VerifyRequest {
  readonly nsPerFlop: number;
}

export async function verify(asked: VerifyRequest): Promise<Map<string, Verdict>> {
  const { op, checks, variants, signal, startCell = (variant) => new Cell(variant) } = asked;
  const verdicts = new Map<string, Verdict>(variants.map(({ id }) => [id, { status: 'pass', checks: 0, worst: 0 }]));
  const cells = new Map(variants.map((variant) => [variant.id, startCell(variant)]));
  const baselineCell = op.needsBaseline ? startCell(asked.baseline) : null;
  try {
    const nsPerFlop = await paceOf(op, asked.baseline, asked.text).catch((error: unknown) => {
      signal?.throwIfAborted();
      throw error;
    });
    const request = { ...asked, nsPerFlop };
    for (const [i, check] of checks.entries()) {
      signal?.throwIfAborted();
      const standing = variants.filter(({ id }) => verdicts.get(id)?.status === 'pass');
      if (standing.length === 0) break;
      request.onProgress?.(i, checks.length);
      const run = check.trajectory ? runTrajectory : runCheck;
      for (const [id, verdict] of await run(request, check, standing, cells, baselineCell)) {
        const before = verdicts.get(id);
        if (verdict.status !== 'pass' || before?.status !== 'pass') verdicts.set(id, verdict);
        else verdicts.set(id, { status: 'pass', checks: i + 1, worst: Math.max(before.worst, verdict.worst) });
      }
    }
  } finally {
    for (const cell of [...cells.values(), baselineCell]) cell?.close();
  }
  return verdicts;
}

type Cells = ReadonlyMap<string, Host>;

async function runCheck(
  request: Run,
  check: Check,
  variants: readonly Variant[],
  cells: Cells,
  baselineCell: Host | null,
): Promise<Map<string, Verdict>> {
  const { op, oracle, seed, text, without = [] } = request;
  const { distribution } = check;
  const purpose = [op.name, op.caseName(check.case), distribution, check.repeat] as const;
  const c = (check.varied && op.vary?.(check.case, makeRng(deriveSeed(seed, ...purpose, 'scalars')))) || check.case;
  const image = compose(op, c, distribution, deriveSeed(seed, ...purpose), text, { without });
  const { layout } = image;
  const other = compose(op, c, distribution, deriveSeed(seed, ...purpose, 'earlier'), text, { layout, without });
  const images = without.includes('earlier') ? [image, image] : [other, image, image];

  // Everyone starts before the oracle does, which keeps this process busy.
  const baselineRun = baselineCell && callOn(baselineCell, request.baseline, c, [image], request);
  // Awaited below; until then a failure of it must not count as unhandled.
  baselineRun?.catch(() => {});
  const runs = startAll(variants, (variant) => callOn(cells.get(variant.id) as Host, variant, c, images, request));
  await new Promise(setImmediate);
  const truths = oracle.truths(c.dims, image.scalars, image.tensors);
  const bounds = boundsFor(op, c, distribution, image, truths, baselineRun && (await baselineRun)[0]);
  const compared = !without.includes(distribution === op.exact ? 'exact' : 'truth');
  const scalars = Object.entries(c.scalars).map(([name, value]) => `${name} ${Number(value.toPrecision(4))}`);
  const told = check.varied ? { ...check, distribution: `${distribution} (${scalars.join(', ')})` } : check;

  return verdictsOf(request, told, runs, (outcome) => {
    const [first, second] = outcome.slice(-2);
    const inspection = compared ? inspect(op, c, image, first, truths, bounds, without) : { worst: 0 };
    if ('finding' in inspection || without.includes('repeat')) return inspection;
    const finding = compareRepeat(op, c, image, first, second);
    return finding ? { finding } : inspection;
  });
}

async function runTrajectory(
  request: Run,
  check: Check,
  variants: readonly Variant[],
  cells: Cells,
  baselineCell: Host | null,
): Promise<Map<string, Verdict>> {
  const { op, oracle, seed, text } = request;
  const { case: c } = check;
  const plan = planTrajectory(op, c, deriveSeed(seed, op.name, op.caseName(c), 'trajectory'), text);
  const start = async (cell: Host, variant: Variant) => {
    await open(cell, variant, c, plan.first, request);
    return [...(await sampled(cell, c, plan.begin, request)), ...(await sampled(cell, c, plan.end, request))];
  };
  const baselineRun = baselineCell && start(baselineCell, request.baseline);
  baselineRun?.catch(() => {});
  const runs = startAll(variants, (variant) => start(cells.get(variant.id) as Host, variant));
  await new Promise(setImmediate);
  const want = trueLosses(oracle, op, c, plan);
  const baseline = baselineRun ? lossesOf(plan, await baselineRun) : want;
  return verdictsOf(request, check, runs, (outcome) => {
    const finding = trespassOf(op, c, plan, outcome[outcome.length - 1]);
    return finding ? { finding } : compareTrajectory(lossesOf(plan, outcome), want, baseline);
  });
}

type Runs = readonly { readonly variant: Variant; readonly result: Promise<Uint8Array[] | Error> }[];

function startAll(variants: readonly Variant[], start: (variant: Variant) => Promise<Uint8Array[]>): Runs {
  return variants.map((variant) => ({ variant, result: start(variant).catch((error: unknown) => error as Error) }));
}

/** What went wrong in a cell is an error of its candidate, a finding its failure. */
async function verdictsOf(
  request: Run,
  check: Check,
  runs: Runs,
  judge: (outcome: Uint8Array[]) => Inspection,
): Promise<Map<string, Verdict>> {
  const { op, signal } = request;
  const name = op.caseName(check.case);
  const verdicts = new Map<string, Verdict>();
  for (const { variant, result } of runs) {
    const outcome = await result;
    if (outcome instanceof ChangedLater) {
      const finding = { ...blank, reason: 'changed later', where: `call ${outcome.call + 1}` } as const;
      verdicts.set(variant.id, failed(finding, variant, name, request, check.distribution));
    } else if (outcome instanceof Error) {
      signal?.throwIfAborted();
      if (!(outcome instanceof CandidateError)) throw outcome;
      const message = `${variant.id} at ${name}: ${outcome.message}`;
      verdicts.set(variant.id, { status: outcome.status, message });
    } else {
      const inspection = judge(outcome);
      if ('finding' in inspection) {
        verdicts.set(variant.id, failed(inspection.finding, variant, name, request, check.distribution));
      } else verdicts.set(variant.id, { status: 'pass', checks: 1, worst: inspection.worst });
    }
  }
  return verdicts;
}

function failed(...about: Parameters<typeof failure>): { readonly status: 'fail'; readonly failure: Failure } {
  return { status: 'fail', failure: failure(...about) };
}

/** What becomes of each image, in calls one after another. */
async function callOn(
  cell: Host,
  variant: Variant,
  c: Case,
  images: readonly Image[],
  request: Run,
): Promise<Uint8Array[]> {
  await open(cell, variant, c, images[0], request);
  const calls = images.map((image) => ({ writes: [{ offset: 0, bytes: image.bytes }], reads: whole(image) }));
  return sampled(cell, c, calls, request);
}

async function open(
  cell: Host,
  variant: Variant,
  c: Case,
  { scalars, layout }: Image,
  { op, threads, without = [] }: Run,
): Promise<void> {
  const opening = await openingOf(op, c, scalars, layout, variant, threads);
  await cell.open(without.includes('noise') ? { ...opening, noise: false } : opening);
}

async function sampled(
  cell: Host,
  { dims }: Case,
  calls: readonly Call[],
  { op, nsPerFlop, without = [] }: Run,
): Promise<Uint8Array[]> {
  const { reads, changedLater } = await cell.sample({ calls }, nsPerFlop * op.flop(dims));
  if (changedLater !== undefined && !without.includes('late')) throw new ChangedLater(changedLater);
  return reads.map(([after]) => after);
}

class ChangedLater extends Error {
  readonly call: number;
  constructor(call: number) {
    super('a result changed after it had been handed over');
    this.call = call;
  }
}
