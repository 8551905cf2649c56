/**
 * Verification: every check draws one image, asks the oracle what must come out, and gives the same bytes to each candidate in its own
 * cell, twice, after a call on other bytes whose answer must not come back. A candidate's first finding is its verdict.
 */
import { baselineFile } from '../catalog/ops.ts';
import type { Call, Samples } from '../cell/protocol.ts';
import { Timer } from '../cell/timer.ts';
import { CandidateError, exit, NfoldError } from '../contract/errors.ts';
import type { Variant } from '../contract/variant.ts';
import { counted } from '../contract/words.ts';
import { shown } from '../files/places.ts';
import { callOn } from './batch.ts';
import { compose } from './compose.ts';
import type { OpConditions } from './conditions.ts';
import { failed } from './failure.ts';
import { type Image, roleOf } from './image.ts';
import { compareRepeat, expectationOf, finding, type Inspection, inspect } from './inspect.ts';
import { paceOf } from './pace.ts';
import type { Check } from './plan.ts';
import { deriveSeed } from './seed.ts';
import { Survey, type SurveyLimits } from './survey.ts';
import { compareTrajectory, lossesOf, planTrajectory, trespassOf, trueLosses } from './trajectory.ts';
import { addVerdict, erred, isStanding, pending, type Verdict } from './verdict.ts';

export interface VerifyRequest extends OpConditions {
  readonly variants: readonly Variant[];
  readonly checks: readonly Check[];
  readonly signal?: AbortSignal;
  onProgress?(done: number, total: number): void;
  /** Whether a candidate that failed goes on within these limits, to learn how far its failure reaches; without them it does not. */
  readonly survey?: SurveyLimits;
  /** Where a variant runs: in its own process, unless a test passes another host. */
  start?(variant: Variant, threads: number): Host;
}

/** The part of a Timer that checks use. */
export type Host = Pick<Timer, 'open' | 'close'> & {
  turn(...turn: Parameters<Timer['turn']>): Promise<Samples>;
};

/** `nsPerFlop`: the baseline's pace, from which a call's time limit follows. */
interface Verification extends VerifyRequest {
  readonly nsPerFlop: number;
  readonly hosts: ReadonlyMap<string, Host>;
  readonly baselineHost: Host | null;
  /** What each host is at work on. */
  readonly last: Map<Host, Promise<unknown>>;
}

/** The calls of a check, each of which hands back the whole arena, and how the check judges what comes back. */
interface Question {
  readonly check: Check;
  readonly image: Image;
  readonly turns: readonly (readonly Call[])[];
  /** The baseline's calls, for ops whose bounds derive from its results. */
  readonly baselineTurns: readonly (readonly Call[])[];
  judge(baseline: Promise<Uint8Array[]> | null): Promise<(outcome: readonly Uint8Array[]) => Inspection>;
}

/** Verdicts by id; `pending` if there are no checks. Throws if it is aborted or the baseline fails. */
export async function verify(request: VerifyRequest): Promise<Map<string, Verdict>> {
  const { op, baseline, checks, variants, threads, text, signal } = request;
  const { start = (variant: Variant): Host => new Timer(variant, threads) } = request;
  const verdicts = new Map<string, Verdict>(variants.map(({ id }) => [id, pending]));
  const verdictOf = ({ id }: Variant) => verdicts.get(id) ?? pending;
  const surveys = new Map(request.survey && variants.map(({ id }) => [id, new Survey(request.survey as SurveyLimits)]));
  const hosts = new Map(variants.map((variant) => [variant.id, start(variant, threads)]));
  const baselineHost = op.needsBaseline ? start(baseline, threads) : null;
  try {
    const nsPerFlop = await paceOf(op, baseline, text).catch((error: unknown) => {
      signal?.throwIfAborted();
      if (!(error instanceof CandidateError)) throw error;
      throw new NfoldError(`${shown(baselineFile(op.name))} does not run: ${error.message}.`, exit.failed);
    });
    const verification = { ...request, nsPerFlop, hosts, baselineHost, last: new Map() };
    const goesOn = (one: Variant) => isStanding(verdictOf(one)) || surveys.get(one.id)?.goesOn();
    // One check ahead, so that a cell need not wait until this process has judged the last one. Many keep it busy anyway, and fill its memory.
    let next: Asked | null = null;
    for (const [i, check] of checks.entries()) {
      signal?.throwIfAborted();
      const going = variants.filter(goesOn);
      if (going.length === 0) break;
      request.onProgress?.(i, checks.length);
      const asked: Asked = next ?? askAll(verification, check, going);
      next = going.length <= 2 && i + 1 < checks.length ? askAll(verification, checks[i + 1], going) : null;
      const { seen, said } = await judgeAll(verification, asked);
      for (const { id, threads: any } of going) {
        const verdict = said.get(id) as Verdict;
        surveys.get(id)?.add({ ...seen, threads: any === 'any' ? (check.threads ?? threads) : undefined }, verdict);
        addVerdict(verdicts, id, verdict);
      }
    }
  } finally {
    for (const host of [...hosts.values(), baselineHost]) host?.close();
  }
  for (const [id, survey] of surveys) {
    const verdict = verdicts.get(id);
    if (verdict?.status === 'fail') verdicts.set(id, { ...verdict, spread: survey.spread(op, checks.length) });
  }
  return verdicts;
}

/** A check that variants are at work on, or will be when they are done with the one before. */
interface Asked {
  readonly question: Question;
  /** When each of them has its last calls. */
  readonly begun: Promise<unknown>;
  readonly baselineRun: Promise<Uint8Array[]> | null;
  readonly runs: readonly { readonly variant: Variant; readonly outcome: Promise<Uint8Array[] | Error> }[];
}

function askAll(verification: Verification, check: Check, variants: readonly Variant[]): Asked {
  const { hosts, baselineHost, last } = verification;
  const question = check.trajectory ? trajectoryOf(verification, check) : callsOf(verification, check);
  const begun: Promise<void>[] = [];
  const run = (host: Host, calls: Question['turns']) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    begun.push(promise);
    const before = last.get(host) ?? Promise.resolve();
    const outcome = before.then(() => ask(verification, host, question, calls, resolve)).finally(resolve);
    // Awaited later; until then its failure must not count as unhandled.
    last.set(
      host,
      outcome.catch(() => {}),
    );
    return outcome;
  };
  const baselineRun = baselineHost && run(baselineHost, question.baselineTurns);
  const runs = variants.map((variant) => {
    const outcome = run(hosts.get(variant.id) as Host, question.turns);
    return { variant, outcome: outcome.catch((error: unknown) => error as Error) };
  });
  return { question, begun: Promise.all(begun), baselineRun, runs };
}

/** What was checked, and the verdicts by id. */
async function judgeAll(verification: Verification, { question, begun, baselineRun, runs }: Asked) {
  const { op, signal } = verification;
  const { check, image } = question;
  // All variants are at work before the oracle, which keeps this process busy.
  await begun;
  const judge = await question.judge(baselineRun);
  const verdictOf = (variant: Variant, result: Uint8Array[] | Error): Verdict => {
    const place = { op, ...namesOf(check, variant) };
    if (result instanceof ChangedLater) {
      return failed(finding('changed later', `call ${result.call + 1}`), variant, place, verification);
    }
    if (result instanceof CandidateError) {
      return erred(result, `${variant.id} at ${op.caseName(image.case)}`);
    }
    if (result instanceof Error) throw result;
    const inspection = judge(result);
    if ('finding' in inspection) return failed(inspection.finding, variant, place, verification);
    return { status: 'pass', checks: 1, worst: inspection.worst };
  };
  const said = new Map<string, Verdict>();
  for (const { variant, outcome } of runs) {
    const result = await outcome;
    if (result instanceof Error) signal?.throwIfAborted();
    said.set(variant.id, verdictOf(variant, result));
  }
  const distribution = check.trajectory ? "a training run's" : check.distribution;
  const isEmpty = image.layout.slots.every(({ name, length }) => length === 0 || roleOf(image, name) === 'in');
  return { seen: { name: op.caseName(check.case), case: image.case, distribution, isEmpty }, said };
}

/** How a failure names its case and inputs. What was drawn is not part of a case's name, so it stands with the distribution. */
function namesOf(
  { case: c, varied, distribution, threads }: Check,
  variant: Variant,
): Pick<Image, 'case' | 'distribution'> {
  const own = { ...c.dims, ...c.scalars };
  const drawn = Object.entries({ ...varied?.dims, ...varied?.scalars }).filter(([name, value]) => value !== own[name]);
  const words = drawn.map(([name, value]) => `${name} ${Number(value.toPrecision(4))}`);
  if (threads !== undefined && variant.threads === 'any') words.push(counted(threads, 'thread'));
  return { case: c, distribution: words.length === 0 ? distribution : `${distribution} (${words.join(', ')})` };
}

/** Two calls on the same bytes, after one on other bytes. */
function callsOf({ op, oracle, seed, text, without = [] }: Verification, check: Check): Question {
  const { distribution } = check;
  const purpose = [op.name, op.caseName(check.case), distribution, check.repeat] as const;
  const drawing = { op, case: check.varied ?? check.case, distribution, text, without };
  const image = compose(drawing, deriveSeed(seed, ...purpose));
  const earlier = compose(drawing, deriveSeed(seed, ...purpose, 'earlier'), image.layout);
  const images = without.includes('earlier') ? [image, image] : [earlier, image, image];
  const compared = !without.includes(distribution === op.exact ? 'exact' : 'truth');
  return {
    check,
    image,
    turns: [images.map((one) => callOn(one))],
    baselineTurns: [[callOn(image)]],
    async judge(baseline) {
      const truths = oracle.truths(image.case.dims, image.scalars, image.tensors);
      const expectation = expectationOf(image, truths, baseline && (await baseline)[0]);
      return (outcome) => {
        const [first, second] = outcome.slice(-2);
        const inspection = compared ? inspect(image, first, expectation) : { worst: 0 };
        if ('finding' in inspection || without.includes('repeat')) return inspection;
        const repeated = compareRepeat(image, first, second);
        return repeated ? { finding: repeated } : inspection;
      };
    },
  };
}

function trajectoryOf({ op, oracle, seed, text }: Verification, check: Check): Question {
  const runSeed = deriveSeed(seed, op.name, op.caseName(check.case), 'trajectory');
  const plan = planTrajectory({ op, ...check, text }, (purpose) => deriveSeed(runSeed, purpose));
  const turns = [plan.begin, plan.end];
  return {
    check,
    image: plan.first,
    turns,
    baselineTurns: turns,
    async judge(baselineRun) {
      const want = trueLosses(oracle, plan);
      const baseline = baselineRun ? lossesOf(plan, await baselineRun) : want;
      return (outcome) => {
        const trespass = trespassOf(plan, outcome[outcome.length - 1]);
        return trespass ? { finding: trespass } : compareTrajectory(lossesOf(plan, outcome), want, baseline);
      };
    },
  };
}

/** The arena's bytes after each call. */
async function ask(
  { op, nsPerFlop, without = [] }: Verification,
  host: Host,
  { check: { threads }, image }: Question,
  turns: Question['turns'],
  onAsked: () => void,
): Promise<Uint8Array[]> {
  await host.open(image, { noise: !without.includes('noise'), threads, untimed: true });
  const left: Uint8Array[] = [];
  for (const calls of turns) {
    const expectedNs = nsPerFlop * op.flop(image.case.dims);
    const { reads, changedLater } = await host.turn(calls, { expectedNs, counted: false, onSent: onAsked });
    if (changedLater !== undefined && !without.includes('late')) throw new ChangedLater(changedLater);
    left.push(...reads.map(([after]) => after));
  }
  return left;
}

class ChangedLater extends Error {
  readonly call: number;
  constructor(call: number) {
    super('a result changed after it had been handed over');
    this.call = call;
  }
}
