/**
 * Compares the losses of two kernels that train from one state on the same batches.
 *
 *   |loss - loss of the baseline| <= 2e-6 loss        at each of the first max(5, 0.02 / learning_rate) steps
 *
 * Error    While AdamW has moved a parameter by less than about 0.02, honest f32 steps differ by the rounding of the loss, 0 to 1.8e-7
 *          of it: 240 trajectories of 4 edges and 8 of 5 timed models against the baseline, and another 248 from states of 300 to
 *          3000 steps, learning rates 1e-4 to 1e-2. In the same steps a learning rate that is 1 % off makes 2e-4 and more, a missing
 *          bias gradient 2e-5 and more from a fresh state: the bound is ten times the one and a tenth of the other. Later, training
 *          amplifies the rounding (in the worst of those runs to 1e-4 by step 100 and to 1e-1 by step 300, with the f64 oracle no
 *          closer to either side), so that no bound could tell honest from wrong, and none is set.
 */

const bound = 2e-6;

/** `from`: steps before the common state. Both lists begin with the step after it. */
export function compareLosses(
  losses: readonly number[],
  baseline: readonly number[],
  from: number,
  learningRate: number,
) {
  const steps = Math.min(losses.length, baseline.length);
  const differences = Array.from({ length: steps }, (_, i) => Math.abs(losses[i] - baseline[i]));
  const largestDifference = Math.max(0, ...differences);
  /** Steps from the fresh model to the largest difference. */
  const at = from + 1 + differences.indexOf(largestDifference);
  /** The steps that have a bound, and the largest difference there as a share of it. */
  const boundedSteps = Math.min(steps, Math.max(5, Math.floor(0.02 / learningRate + 1e-9)));
  const worst = Math.max(0, ...differences.slice(0, boundedSteps).map((d, i) => d / (bound * baseline[i])));
  return { steps, largestDifference, at, boundedSteps, worst, within: worst <= 1 };
}
