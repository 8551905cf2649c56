/**
 * A short training run: 11 to 20 steps from a fresh state on batches one after another, as in real training and unlike the
 * states that single steps are checked from. How many steps it takes is drawn after the first ten have been answered.
 *
 *   |loss - loss64| <= 4 max |loss of the baseline - loss64| + 2e-6 loss64        at every step
 *
 * Error    In the first 20 steps at a learning rate of 1e-3 honest f32 steps are 2e-7 of the loss apart (src/train/compare.ts
 *          has the measurements); a learning rate that is 1 % off makes 2e-4, a missing bias gradient 2e-5.
 */
import type { Call } from '../cell/protocol.ts';
import type { AnyOp, Case, Tensors } from '../contract/op.ts';
import type { Oracle } from '../contract/oracle.ts';
import { makeRng } from '../contract/rng.ts';
import { type Batch, batchOf, outputs, overwritten, whole, writesOf } from './batch.ts';
import { compose, deriveSeed, type Image, imageOf, tensorsOf } from './image.ts';
import { type Finding, findTrespass } from './inspect.ts';

const [least, most] = [11, 20];
const floor = 2e-6;
const distribution = 'init';

export interface Trajectory {
  readonly first: Image;
  /** The calls before the length was drawn, and those after it; the last one hands all of the arena back. */
  readonly begin: readonly Call[];
  readonly end: readonly Call[];
  /** The inputs of every step but the state. */
  readonly batches: readonly Batch[];
}

export function planTrajectory(op: AnyOp, c: Case, seed: number, text: Uint8Array): Trajectory {
  const first = compose(op, c, distribution, deriveSeed(seed, 'first'), text);
  const rng = makeRng(deriveSeed(seed, 'batches'));
  const steps = makeRng(deriveSeed(seed, 'steps')).int(least, most);
  const batches = [batchOf(op, first)];
  while (batches.length < steps) {
    const tensors = Object.fromEntries(Object.entries(batches[batches.length - 1]).map(([n, x]) => [n, x.slice()]));
    op.drawNext?.({ dims: c.dims, scalars: first.scalars, tensors, rng, distribution, text });
    batches.push(tensors);
  }
  const calls = batches.map((batch, i) => ({
    writes: i === 0 ? [{ offset: 0, bytes: first.bytes }] : writesOf(op, first, batch),
    reads: i === steps - 1 ? whole(first) : outputs(op, first),
  }));
  return { first, begin: calls.slice(0, least - 1), end: calls.slice(least - 1), batches };
}

/** The loss of every step, in f64 from the first to the last. */
export function trueLosses(oracle: Oracle, op: AnyOp, c: Case, { first, batches }: Trajectory): number[] {
  let state: Tensors = first.tensors;
  return batches.map((batch) => {
    const truths = oracle.truths(c.dims, first.scalars, { ...state, ...batch } as never);
    // An oracle reads f64 as well as f32.
    state = Object.fromEntries((op.carries ?? []).map((name) => [name, truths[name].want])) as unknown as Tensors;
    return truths.loss.want[0];
  });
}

export function lossesOf({ first }: Trajectory, reads: readonly Uint8Array[]): number[] {
  return reads.map((bytes) =>
    bytes.length === first.bytes.length
      ? tensorsOf(bytes, first.layout).loss[0]
      : new Float32Array(bytes.slice().buffer)[0],
  );
}

/** The first step that is off, or the largest error as a share of the bound. */
export function compareTrajectory(
  got: readonly number[],
  want: readonly number[],
  baseline: readonly number[],
): { readonly worst: number } | { readonly finding: Finding } {
  const margin = 4 * Math.max(...want.map((loss, i) => Math.abs(baseline[i] - loss)));
  let worst = 0;
  for (const [i, loss] of want.entries()) {
    const error = Math.abs(got[i] - loss);
    const bound = margin + floor * loss;
    if (!(error <= bound)) {
      const where = `the loss of step ${i + 1} of ${want.length}`;
      return { finding: { reason: 'trajectory', where, got: got[i], want: loss, error, bound } };
    }
    worst = Math.max(worst, error / bound);
  }
  return { worst };
}

/** Of the last step: guard bands and inputs. */
export function trespassOf(op: AnyOp, c: Case, trajectory: Trajectory, after: Uint8Array): Finding | null {
  const { first, batches } = trajectory;
  const writes = writesOf(op, first, batches[batches.length - 1]);
  return findTrespass(op, c, imageOf(overwritten(first.bytes, writes), first), after);
}
