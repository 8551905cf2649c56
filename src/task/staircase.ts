/**
 * The attempts of one class of machines over time, each at the time of its first score and with its newest run that counts. A mean is a new
 * best if its ratio to the best before, with the intervals and the noise floors of both, is surely above 1. So a run of small gains is no new
 * best until together they are; a gain within the noise is `level`.
 */
import { ratioBetween } from '../analysis/steps.ts';
import { isBad } from '../judge/verdict.ts';
import type { Score } from '../records/score.ts';
import type { Idea, Plateau, Staircase, Step } from '../schemas/score.ts';
import { compare } from '../stats/verdict.ts';
import { efforts } from '../stopwatch/effort.ts';
import { attemptKey, countingOf, uncounted } from './summary.ts';

/** Shorter runs without a new best are no plateau. */
const minPlateau = 2;

/** `scores`: of one task, protocol and class, in any order. */
export function staircaseOf(name: string, scores: readonly Score[]): Staircase {
  const counted = scores.filter((score) => uncounted(score) === null);
  const byTime = counted.toSorted((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
  const firstAt = new Map(byTime.toReversed().map((score) => [attemptKey(score), score.createdAt]));
  const steps: Step[] = [];
  let best: Score | null = null;
  for (const score of countingOf(byTime)) {
    const gain = best?.mean && score.mean ? ratioBetween(best.mean, score.mean) : null;
    const outcome = outcomeOf(score, best, gain);
    if (outcome === 'first' || outcome === 'new best') best = score;
    const { id, label, artefact, record, about, verdict, caughtBy, mean } = score;
    const createdAt = firstAt.get(attemptKey(score)) ?? score.createdAt;
    steps.push({ score: id, label, artefact, createdAt, record, about, verdict, caughtBy, mean, gain, outcome });
  }
  return { class: name, steps, plateaus: plateausOf(steps), ideas: ideasOf(steps) };
}

function outcomeOf(score: Score, best: Score | null, gain: Step['gain']): Step['outcome'] {
  if (isBad(score.verdict)) return 'failed';
  if (!score.mean) return 'no mean';
  if (!best || !gain) return 'first';
  const floors = [best.noiseFloor, score.noiseFloor].filter((floor) => floor !== null);
  const margin = Math.max(efforts[best.effort].halfWidth, efforts[score.effort].halfWidth);
  const verdict = compare(gain, floors.length === 0 ? null : Math.hypot(...floors), margin);
  return verdict === 'faster' ? 'new best' : verdict === 'slower' ? 'below' : 'level';
}

export const isBest = ({ outcome }: Step): boolean => outcome === 'first' || outcome === 'new best';

function plateausOf(steps: readonly Step[]): Plateau[] {
  const starts = [-1, ...steps.flatMap((step, i) => (isBest(step) ? i : []))];
  return starts.flatMap((start, i) => {
    const own = steps.slice(start + 1, starts[i + 1]);
    if (own.length < minPlateau) return [];
    const [from, to] = [own[0], own[own.length - 1]].map(({ createdAt }) => createdAt);
    return { after: steps[start]?.label ?? null, attempts: own.length, from, to };
  });
}

function ideasOf(steps: readonly Step[]): Idea[] {
  const tried = steps.flatMap((step) => step.about.map((about) => ({ about, step })));
  const ideas = [...Map.groupBy(tried, ({ about }) => about)].map(([about, all]): Idea => {
    const own = all.map(({ step }) => step);
    const means = own.flatMap(({ mean }) => mean?.value ?? []);
    const count = (wanted: (step: Step) => boolean) => own.filter(wanted).length;
    const failed = count(({ outcome }) => outcome === 'failed');
    return {
      about,
      attempts: own.length,
      failed,
      bests: count(isBest),
      best: means.length > 0 ? Math.max(...means) : null,
    };
  });
  return ideas.sort((a, b) => (b.best ?? 0) - (a.best ?? 0));
}
