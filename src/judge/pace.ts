/** The baseline's pace: the time limit of a call and the number of calls in a round follow from it. */
import { Timer } from '../cell/timer.ts';
import { type AnyOp, bySize } from '../contract/op.ts';
import type { Seed } from '../contract/rng.ts';
import type { Variant } from '../contract/variant.ts';
import { callOn } from './batch.ts';
import { compose } from './compose.ts';
import type { Image } from './image.ts';

const paces = new WeakMap<AnyOp, Promise<number>>();

/** Nanoseconds a flop, measured once in its own cell. Throws CandidateError if the baseline does not run. */
export function paceOf(op: AnyOp, baseline: Variant, text: Uint8Array): Promise<number> {
  let pace = paces.get(op);
  if (!pace) {
    const timer = new Timer(baseline, 1);
    pace = measurePace(timer, paceImage(op, text)).finally(() => timer.close());
    paces.set(op, pace);
  }
  return pace;
}

/** An image of the smallest of `cases`, by default the timed ones. */
export function paceImage(op: AnyOp, text: Uint8Array, cases = op.cases, seed: Seed = 1): Image {
  return compose({ op, case: bySize(op, cases)[0], distribution: op.distributions[0], text }, seed);
}

/** Opens the image and calls the baseline on it. Nanoseconds a flop, the minimum of three calls after a warm-up of up to 160 ms. */
export async function measurePace(timer: Timer, image: Image): Promise<number> {
  await timer.open(image);
  const calls = Array.from({ length: 3 }, () => callOn(image, []));
  const { timeNs } = await timer.turn(calls, { warmup: { calls: 3, ms: 40, maxMs: 160 } });
  return Math.min(...timeNs) / image.op.flop(image.case.dims);
}
