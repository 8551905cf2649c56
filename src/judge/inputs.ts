/**
 * The inputs of timed calls: fresh bytes before each of them, made by the parent, known to the cell one at a time. Nothing here says which
 * results are compared with the oracle in full: that is chosen once they are there (timed.ts, steps.ts).
 *
 * An op that carries state starts from one that the parent writes, so that a kernel which keeps a private copy of the state fails. Each
 * further call continues from what the last one left, on a new batch.
 */
import type { Call } from '../cell/protocol.ts';
import type { AnyOp, Case } from '../contract/op.ts';
import { makeRng, type Rng } from '../contract/rng.ts';
import { batchOf, callOn, writesOf } from './batch.ts';
import { compose } from './compose.ts';
import type { Conditions, RoundPlan } from './conditions.ts';
import type { Image } from './image.ts';
import { deriveSeed } from './seed.ts';

/** What one case gets in one round. All variants get the same images or batches, images each in its own order. */
export interface RoundInputs {
  /** For warm-up. No timed call sees these bytes. */
  readonly warm: Image;
  /** One a planned call; for an op that carries state, that of the first call alone. */
  readonly images: readonly Image[];
  /** Any image by its number: those above, and one for each call that is made again, drawn when it is first asked for. */
  image(number: number): Image;
  readonly seed: string;
}

/** The same arguments give the same inputs, so that a round can be replayed without those before it. */
export function roundInputs(
  { op, seed: runSeed, text, without }: Pick<Conditions, 'seed' | 'text' | 'without'> & { readonly op: AnyOp },
  c: Case,
  { round, calls }: RoundPlan,
): RoundInputs {
  const name = op.caseName(c);
  const [distribution] = op.distributions;
  const seed = (purpose: string | number) => deriveSeed(runSeed, op.name, name, distribution, purpose, round);
  const drawing = { op, case: c, distribution, text, without };
  const warm = compose(drawing, seed('warm'));
  const count = op.carries ? 1 : calls;
  const drawn = new Map<number, Image>();
  const image = (i: number) => {
    const found = drawn.get(i) ?? compose(drawing, seed(i), warm.layout);
    drawn.set(i, found);
    return found;
  };
  return { warm, images: Array.from({ length: count }, (_, i) => image(i)), image, seed: seed('order') };
}

export interface PlannedCall {
  readonly call: Call;
  /** The image of the inputs; null if it continues from what the call before left. */
  readonly image: Image | null;
}

/** The calls of one variant, and those that are made again, each of which hands back the whole arena. */
export const planCalls = (inputs: RoundInputs, calls: number, variant: string, again = 0): PlannedCall[] =>
  callsOf(inputs, calls, variant)
    .take(calls + again)
    .toArray();

/** The planned calls of one variant, and then one after the other that is made again, without end. */
export function* callsOf(inputs: RoundInputs, calls: number, variant: string): Generator<PlannedCall, never> {
  if (inputs.warm.op.carries) return yield* steps(inputs);
  const own = shuffled(inputs.images.slice(0, calls), makeRng(deriveSeed(inputs.seed, variant)));
  for (let i = 0; ; i++) {
    const image = own[i] ?? inputs.image(i);
    yield { image, call: callOn(image) };
  }
}

function* steps({ warm, images: [first], seed }: RoundInputs): Generator<PlannedCall, never> {
  const rng = makeRng(seed);
  const batch = batchOf(first);
  const { reads } = callOn(first);
  yield { call: callOn(first), image: first };
  for (;;) {
    warm.op.drawNext?.({ ...warm, dims: warm.case.dims, tensors: batch, rng });
    yield { call: { writes: writesOf(warm, batch), reads }, image: null };
  }
}

/** Fisher and Yates */
export function shuffled<T>(items: readonly T[], rng: Rng): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = rng.int(0, i);
    [result[i], result[j]] = [result[j], result[i]];
  }
  return result;
}
