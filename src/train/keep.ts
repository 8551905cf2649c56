/** Keeps what a run found in .nfold/trainings, an interrupted one too. */
import type { Built } from '../build/build.ts';
import { type Point, pointsOf, smoothed, stepsOf } from '../draw/losses.ts';
import { keepTraining, maxPoints, type Training } from '../records/training.ts';
import type { Plan } from './plan.ts';
import type { Outcome } from './run.ts';

interface Run extends Pick<Training, 'createdAt' | 'machine' | 'runtime'> {
  readonly plan: Plan;
  readonly variant: Built;
  readonly outcome: Outcome;
}

/** Returns the file; null for a run without a step, and after a warning if the file is not where it belongs. */
export function keepRun({ plan, variant, outcome, ...facts }: Run, warn: (sentence: string) => void): string | null {
  if (outcome.steps === 0) return null;
  const { losses, heldOut, baseline, sample, checkpoint, checkpointStep, displaced, ...trained } = outcome;
  const draft = {
    ...facts,
    ...trained,
    hash: variant.hash,
    learningRate: plan.task.case.scalars.learning_rate,
    losses: thinned(stepsOf(losses, 0)),
    heldOut: thinned(pointsOf(heldOut)),
    baseline: baseline && { ...baseline, losses: thinned(stepsOf(baseline.losses, outcome.resumedAt)) },
  };
  return keepTraining(draft, warn);
}

const thinned = (points: readonly Point[]) =>
  smoothed(points, maxPoints).map(({ step, loss }): [number, number] => [step, loss]);
