/**
 * Rounds of fresh processes until the means are as precise as the effort asks for, or its budget is spent. One variant runs twice in every
 * round, in two processes: the difference of that twin from itself is the noise floor.
 */
import { makeRng } from '../contract/rng.ts';
import type { Variant } from '../contract/variant.ts';
import { deriveSeed } from '../judge/seed.ts';
import { addVerdict, isStanding, pending, type Verdict } from '../judge/verdict.ts';
import { halfWidth, intervalOf } from '../stats/interval.ts';
import { meanEstimate } from '../stats/means.ts';
import type { Sampled } from '../stats/samples.ts';
import { pooledOver } from '../stats/speedup.ts';
import { twinId } from '../stats/verdict.ts';
import { enough, roundName } from './effort.ts';
import type { CaseTimes, Measured, MeasureRequest } from './request.ts';
import { timeRound } from './round.ts';
import { loopNs, stolen } from './system.ts';

/**
 * A failure of a variant becomes its verdict. Throws if the baseline fails. If it is aborted, it returns what was measured, marked as
 * interrupted.
 */
export async function measure(request: MeasureRequest): Promise<Measured> {
  const { op, effort, signal, variants } = request;
  const rng = makeRng(deriveSeed(request.seed, op.name, 'rounds'));
  const verdicts = new Map<string, Verdict>(variants.map(({ id }) => [id, pending]));
  const parts: CaseTimes[] = [];
  const loopsNs: number[] = [];
  // One array between rounds, for which the statistics keep their answers.
  let samples: readonly Sampled[] = [];
  const before = stolen();
  const started = performance.now();
  const elapsedS = () => (performance.now() - started) / 1000;
  let interrupted = false;
  const goesOn = (number: number) =>
    number === 0 ||
    (standing(variants, verdicts).some(({ trusted }) => !trusted) &&
      !enough(effort, number, elapsedS(), widest(request, samples, verdicts)));
  for (let number = 0; goesOn(number); number++) {
    loopsNs.push(loopNs());
    try {
      for await (const part of timeRound(request, { number, variants: timed(request, verdicts), rng })) {
        parts.push(part);
        samples = [...samples, ...part.samples];
        for (const [id, verdict] of part.verdicts) addVerdict(verdicts, id, verdict);
        if (part.samples.length > 0 && samples.length === part.samples.length)
          say(request, { number, samples, verdicts, name: samples[0].case });
      }
      say(request, { number, samples, verdicts });
    } catch (error) {
      if (!signal?.aborted) throw error;
      interrupted = true;
      break;
    }
  }
  const after = stolen();
  return {
    samples,
    verdicts,
    warmups: parts.flatMap(({ warmups }) => warmups),
    audits: parts.flatMap(({ audits }) => audits),
    untimed: parts.flatMap(({ untimed }) => untimed),
    loopsNs,
    stolen: before && after && (after.stolen - before.stolen) / Math.max(1, after.all - before.all),
    interrupted,
  };
}

/** Those that have not failed. */
const standing = (variants: readonly Variant[], verdicts: ReadonlyMap<string, Verdict>) =>
  variants.filter(({ id }) => isStanding(verdicts.get(id) ?? pending));

interface Taken {
  readonly number: number;
  readonly samples: readonly Sampled[];
  readonly verdicts: ReadonlyMap<string, Verdict>;
  /** The only case, if it is not all. */
  readonly name?: string;
}

/** Tells how the candidates stand: at a case, or on average. */
function say(request: MeasureRequest, { number, samples, verdicts, name }: Taken): void {
  const { op, baseline, variants, cases, effort, onRound } = request;
  const names = cases.map((c) => op.caseName(c));
  const told = standing(variants, verdicts).flatMap(({ id, trusted }) => {
    if (trusted) return [];
    const pooled = pooledOver(samples, baseline.id, id);
    const found = name === undefined ? meanEstimate(pooled, names) : pooled.case(name);
    return found ? [{ id, speedup: intervalOf(found), case: name ?? null }] : [];
  });
  if (told.length === 0) return;
  onRound?.({ op: op.name, round: roundName(number + 1, effort), variants: told });
}

/** The largest half-width among the intervals of the means of those that stand; infinite while a case has no calm rounds. */
function widest(
  { baseline, variants, cases, op }: MeasureRequest,
  samples: readonly Sampled[],
  verdicts: ReadonlyMap<string, Verdict>,
): number {
  const names = cases.map((c) => op.caseName(c));
  const halves = standing(variants, verdicts).map(({ id }) => {
    const pooled = pooledOver(samples, baseline.id, id);
    const mean = names.every((name) => pooled.case(name)?.variance != null) ? meanEstimate(pooled, names) : null;
    return mean ? halfWidth(intervalOf(mean)) : Number.POSITIVE_INFINITY;
  });
  return Math.max(0, ...halves);
}

/** The baseline, the variants that have not failed, and a twin. */
function timed({ baseline, variants }: MeasureRequest, verdicts: ReadonlyMap<string, Verdict>): Variant[] {
  const all = standing(variants, verdicts);
  const twin = twinOf(variants);
  const twins = twin && all.includes(twin) ? [{ ...twin, id: twinId(twin.id), twinOf: twin.id }] : [];
  return [baseline, ...all, ...twins];
}

/** The variant to time twice: a candidate, if possible one with threads, since disturbances harm these most. */
export function twinOf(variants: readonly Variant[]): Variant | undefined {
  const own = variants.filter(({ trusted }) => !trusted);
  return own.find(({ threads }) => threads === 'any') ?? own[0];
}
