/**
 * Known cases against unseen shapes, for each variant, by one model over cases and rounds (stats/pooled.ts):
 *
 *   known   geometric mean over the shapes of the speedup at the timed case that the shape is near
 *   unseen  geometric mean of the speedup at the shapes
 *   gap     unseen / known
 *   pace    the same ratio of the variant's own work per time, without the baseline
 *
 * A speedup also falls where the baseline is better than usual, as at sizes that are no power of two and so spare its cache. Only a variant whose
 * own pace falls with its speedup is made for the known cases. What was disturbed is withheld (disturbed.ts).
 */
import { geometricMean } from 'simple-statistics';
import type { Draft } from '../records/schema.ts';
import type { UnseenOf } from '../records/unseen.ts';
import { intervalOf } from '../stats/interval.ts';
import { typicalNs } from '../stats/samples.ts';
import { leftOut, pooledOver } from '../stats/speedup.ts';
import { compare, noiseFloor } from '../stats/verdict.ts';
import { disturbance, tooWide } from './disturbed.ts';
import { analyse, type Given } from './results.ts';
import type { TimedOp } from './timed.ts';

/** Ragged tails cost an honest tiled kernel a quarter at M64N64K64, and less at larger cases; a fall back to plain loops costs far more. */
const clearGap = 0.6;

/** What unseen shapes add to a record; nothing of it is in `analyse`. */
export function analyseUnseen(
  ops: readonly TimedOp[],
  given: Given,
): Pick<Draft, 'results' | 'discards'> & { readonly gaps: UnseenOf[] } {
  const drawn = ops.flatMap((timed) => {
    const cases = timed.unseen?.map((one) => one.case) ?? [];
    return cases.length > 0 ? [{ ...timed, cases, meanCases: cases }] : [];
  });
  const { results, discards } = analyse(drawn, given);
  return {
    results: results.map((result) => ({ ...result, unseen: true })),
    discards,
    gaps: drawn.flatMap((timed) => gapsOf(timed, given)),
  };
}

function gapsOf({ op, baseline, samples, variants, unseen = [] }: TimedOp, { halfWidth }: Given): UnseenOf[] {
  const flopOf = new Map([...op.cases, ...unseen.map((one) => one.case)].map((c) => [op.caseName(c), op.flop(c.dims)]));
  const flop = (name: string) => flopOf.get(name) as number;
  const shapes = unseen.map(({ case: c, near }) => {
    const name = op.caseName(c);
    return { case: name, near, flop: flop(name) / flop(near) };
  });
  const known = [...new Set(shapes.map(({ near }) => near))];
  const sides = [known, shapes.map((shape) => shape.case)];
  // The gap has the noise of both sides.
  const floors = sides.flatMap((names) => noiseFloor(samples, names)?.mean ?? []);
  const floor = floors.length === 2 ? Math.hypot(...floors) : null;
  const weights = weightsOf(shapes);
  return variants.map(({ id, peer, verdict }) => {
    const pooled = pooledOver(samples, baseline.id, id);
    const isCalm = (name: string) => disturbance(leftOut(samples, baseline.id, id, name), null) === null;
    const over = (side: keyof typeof weights) => {
      const stands = verdict === 'pass' && [...weights[side].keys()].every(isCalm);
      const found = stands ? pooled.weighted(weights[side]) : null;
      const interval = found && intervalOf(found);
      return interval && tooWide(interval) === null ? interval : null;
    };
    const gap = over('gap');
    const paces = shapes.flatMap((shape) => {
      const [from, to] = [typicalNs(samples, id, shape.near), typicalNs(samples, id, shape.case)];
      return from === null || to === null ? [] : [(shape.flop * from) / to];
    });
    const pace = gap && geometricMean(paces);
    const comparison = gap && compare(gap, floor, halfWidth);
    const isClear = comparison === 'slower' && (gap?.high ?? 1) < clearGap && (pace ?? 1) < clearGap;
    return {
      ...{ candidate: id, peer, op: op.name, shapes, cases: known.length },
      ...{ known: over('known'), unseen: over('unseen'), gap, comparison, pace, specialCased: isClear },
    };
  });
}

/** Of the cases' logarithms in the geometric mean of each side, and in their difference. */
function weightsOf(shapes: UnseenOf['shapes']) {
  const each = 1 / shapes.length;
  const unseen = new Map(shapes.map((shape) => [shape.case, each]));
  const known = new Map([...Map.groupBy(shapes, ({ near }) => near)].map(([near, own]) => [near, own.length * each]));
  return { known, unseen, gap: new Map([...unseen, ...[...known].map(([name, weight]) => [name, -weight] as const)]) };
}
