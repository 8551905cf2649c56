/**
 * A short training run: 11 to 20 steps from a fresh state, each on a new batch, as in real training and unlike the states that single
 * steps are checked from. A candidate learns the number of steps only after it has answered ten.
 *
 *   |loss - loss64| <= 4 max |loss of the baseline - loss64| + 2e-6 loss64        at every step
 *
 * Error    In the first 20 steps at a learning rate of 1e-3, honest f32 steps differ by 2e-7 of the loss (src/train/compare.ts has the
 *          measurements), a learning rate that is 1 % off by 2e-4, a missing bias gradient by 2e-5.
 */
import type { Call } from '../cell/protocol.ts';
import type { Tensors } from '../contract/op.ts';
import type { Oracle } from '../contract/oracle.ts';
import { makeRng, type Seed } from '../contract/rng.ts';
import { type Batch, batchOf, callOn, fullImage, outputs, overwritten, writesOf } from './batch.ts';
import { compose } from './compose.ts';
import { type Drawing, type Image, imageOf, tensorsOf } from './image.ts';
import { type Finding, finding, findTrespass, type Inspection } from './inspect.ts';

const [minSteps, maxSteps] = [11, 20];
const floor = 2e-6;

interface Trajectory {
  readonly first: Image;
  /** The calls before the candidate can know the number of steps, and those after; the last one hands back the whole arena. */
  readonly begin: readonly Call[];
  readonly end: readonly Call[];
  /** The inputs of every step but the state. */
  readonly batches: readonly Batch[];
}

/** `seedFor` derives a seed for each purpose, so that no input tells the candidate the number of steps. */
export function planTrajectory(drawing: Drawing, seedFor: (purpose: string) => Seed): Trajectory {
  const first = compose(drawing, seedFor('first'));
  const rng = makeRng(seedFor('batches'));
  const steps = makeRng(seedFor('steps')).int(minSteps, maxSteps);
  const batches = [batchOf(first)];
  while (batches.length < steps) {
    const tensors = Object.fromEntries(Object.entries(batches[batches.length - 1]).map(([n, x]) => [n, x.slice()]));
    drawing.op.drawNext?.({ ...first, dims: drawing.case.dims, tensors, rng });
    batches.push(tensors);
  }
  const calls = batches.map((batch, i) => {
    const reads = i === steps - 1 ? fullImage(first) : outputs(first);
    return i === 0 ? callOn(first, reads) : { writes: writesOf(first, batch), reads };
  });
  return { first, begin: calls.slice(0, minSteps - 1), end: calls.slice(minSteps - 1), batches };
}

type Losses = readonly number[];

/** The loss of every step, computed in f64 throughout. */
export function trueLosses(oracle: Oracle, { first, batches }: Trajectory): Losses {
  let state: Tensors = first.tensors;
  return batches.map((batch) => {
    const truths = oracle.truths(first.case.dims, first.scalars, { ...state, ...batch } as never);
    // An oracle also reads f64.
    state = Object.fromEntries((first.op.carries ?? []).map((name) => [name, truths[name].want])) as unknown as Tensors;
    return truths.loss.want[0];
  });
}

export function lossesOf({ first }: Trajectory, reads: readonly Uint8Array[]): Losses {
  return reads.map((bytes) =>
    bytes.length === first.bytes.length
      ? tensorsOf(bytes, first.layout).loss[0]
      : new Float32Array(bytes.slice().buffer)[0],
  );
}

/** The first step whose loss is out of bounds, or the largest error as a share of its bound. */
export function compareTrajectory(got: Losses, want: Losses, baseline: Losses): Inspection {
  const margin = 4 * Math.max(...want.map((loss, i) => Math.abs(baseline[i] - loss)));
  let worst = 0;
  for (const [i, loss] of want.entries()) {
    const error = Math.abs(got[i] - loss);
    const bound = margin + floor * loss;
    if (!(error <= bound)) {
      const where = `the loss of step ${i + 1} of ${want.length}`;
      return { finding: finding('trajectory', where, { got: got[i], want: loss, error, bound }) };
    }
    worst = Math.max(worst, error / bound);
  }
  return { worst };
}

/** A write to guard bands or inputs in the last step. */
export function trespassOf({ first, batches }: Trajectory, after: Uint8Array): Finding | null {
  const writes = writesOf(first, batches[batches.length - 1]);
  return findTrespass(imageOf(overwritten(first.bytes, writes), first), after);
}
