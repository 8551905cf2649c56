/**
 * Rounds of fresh processes until the means are as sure as the effort asks for, or its budget is spent. One variant runs twice in
 * every round, in two processes: what that twin shows against itself is the noise floor.
 */

import type { AnyOp, Case } from '../contract/op.ts';
import type { Oracle } from '../contract/oracle.ts';
import { makeRng } from '../contract/rng.ts';
import type { Variant } from '../contract/variant.ts';
import { deriveSeed } from '../judge/image.ts';
import type { Verdict } from '../judge/verdict.ts';
import type { Conditions } from '../judge/verify.ts';
import { halfWidth, logInterval } from '../stats/interval.ts';
import { roundMeans, type Sampled } from '../stats/speedup.ts';
import { twinId } from '../stats/verdict.ts';
import { type Effort, enough } from './effort.ts';
import { runRound } from './round.ts';
import { paceNs, stolen } from './system.ts';

export interface MeasureRequest extends Conditions {
  readonly op: AnyOp;
  readonly oracle: Oracle;
  readonly baseline: Variant;
  /** Candidates and peers, all of which the baseline is timed beside. */
  readonly variants: readonly Variant[];
  readonly cases: readonly Case[];
  readonly effort: Effort;
  readonly signal?: AbortSignal;
  onProgress(note: string): void;
}

/** What the machine did while the rounds went on. */
export interface Watched {
  /** One for each case of each arm in each round. */
  readonly warmups: { readonly case: string; readonly variant: string; readonly steady: boolean }[];
  /** One for each case of each arm in each round: calls, how long they took in all, and CPU time beside them. */
  readonly outside: {
    readonly case: string;
    readonly variant: string;
    readonly calls: number;
    readonly calledNs: number;
    readonly outsideNs: number;
  }[];
  /** At the start of each round. */
  readonly pacesNs: number[];
  /** Share of the CPU time of the machine that the hypervisor gave to others. */
  stolen: number | null;
}

export interface Measured extends Watched {
  readonly samples: Sampled[];
  /** What timed calls showed of a variant: a failure or an error, or the largest error met as a share of its bound. */
  readonly verdicts: Map<string, Verdict>;
  interrupted: boolean;
}

/** What takes its turn: the baseline, a variant or the twin of one. */
export interface Arm {
  readonly variant: Variant;
  /** Whose verdict it is if this one fails. */
  readonly judged: string;
}

/** Never rejects for what a variant does, which becomes its verdict; it does for a baseline that fails. */
export async function measure(request: MeasureRequest): Promise<Measured> {
  const { op, effort, signal } = request;
  const rng = makeRng(deriveSeed(request.seed, op.name, 'rounds'));
  const verdicts = new Map<string, Verdict>(
    request.variants.map(({ id }) => [id, { status: 'pass', checks: 0, worst: 0 }]),
  );
  const measured: Measured = {
    samples: [],
    verdicts,
    warmups: [],
    outside: [],
    pacesNs: [],
    stolen: null,
    interrupted: false,
  };
  const before = stolen();
  const started = performance.now();
  const elapsedS = () => (performance.now() - started) / 1000;
  for (let number = 0; !enough(effort, number, elapsedS(), widest(request, measured)); number++) {
    measured.pacesNs.push(paceNs());
    try {
      await runRound(request, measured, { number, arms: armsOf(request, verdicts), rng });
    } catch (error) {
      if (!signal?.aborted) throw error;
      measured.interrupted = true;
      break;
    }
  }
  const after = stolen();
  if (before && after) measured.stolen = (after.stolen - before.stolen) / Math.max(1, after.all - before.all);
  return measured;
}

/** The widest of the intervals of the means, as a half-width. */
function widest({ baseline, variants, cases, op }: MeasureRequest, { samples }: Measured): number {
  const names = cases.map((c) => op.caseName(c));
  const halves = variants.map(({ id }) => {
    const values = roundMeans(samples, baseline.id, id, names);
    return values.length === 0 ? 0 : halfWidth(logInterval(values));
  });
  return Math.max(0, ...halves);
}

function armsOf({ baseline, variants }: MeasureRequest, verdicts: Measured['verdicts']): Arm[] {
  const arm = (variant: Variant): Arm => ({ variant, judged: variant.id });
  const twin = twinOf(variants);
  return [
    arm(baseline),
    ...variants.map(arm),
    ...(twin ? [{ variant: { ...twin, id: twinId(twin.id) }, judged: twin.id }] : []),
  ].filter(({ judged }) => judged === baseline.id || verdicts.get(judged)?.status === 'pass');
}

/** The variant that a disturbance harms most and that costs least: with threads before without, and else the first. */
export function twinOf(variants: readonly Variant[]): Variant | undefined {
  const own = variants.filter(({ trusted }) => !trusted);
  return own.find(({ threads }) => threads === 'any') ?? own[0];
}
