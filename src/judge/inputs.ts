/**
 * The inputs of timed calls: fresh bytes before each of them, made by the parent, known to the cell one at a time.
 *
 * The parent draws which results are compared with the oracle in full, a tenth of the calls or more, and tells no cell. An op
 * that carries state has two kinds of call. `drawn` starts from a state that the parent writes: it catches a kernel that keeps a
 * private copy of the state. `carried` starts from what the last call left and is only read before and after: it catches a kernel that
 * works only where the state was rewritten.
 */
import type { Call } from '../cell/protocol.ts';
import type { AnyOp, Case } from '../contract/op.ts';
import { makeRng, type Rng } from '../contract/rng.ts';
import { batchOf, callOn, fullImage, outputs, writesOf } from './batch.ts';
import type { Conditions, RoundPlan } from './conditions.ts';
import { compose, type Image } from './image.ts';
import { deriveSeed } from './seed.ts';

/** What one case gets in one round. All variants get the same images, each in its own order. */
export interface RoundInputs {
  /** For warm-up. No timed call sees these bytes, but the state that an op carries continues from them. */
  readonly warm: Image;
  /** Images whose results are compared with the oracle in full. An op that carries state has one. */
  readonly drawn: readonly Image[];
  /** Images of the other calls. An op that carries state has none: its calls get new batches instead. */
  readonly others: readonly Image[];
  /** For an op that carries state: the kind of call that is compared in full in this round. */
  readonly full: 'drawn' | 'carried' | null;
  readonly seed: number;
}

/** At least one call in ten is compared with the oracle in full. */
const fullShare = 10;

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
  const make = (imageSeed: number) => compose(drawing, imageSeed, warm.layout);
  const full = op.carries ? 1 : Math.ceil(calls / fullShare);
  const drawn = Array.from({ length: full }, (_, i) => make(seed(`drawn ${i}`)));
  const others = Array.from({ length: op.carries ? 0 : calls - full }, (_, i) => make(seed(i)));
  return { warm, drawn, others, full: op.carries ? kindOf(round, runSeed, name) : null, seed: seed('order') };
}

/** Both kinds in rounds 0 and 1, in random order; none in round 2; from there one in every second round. */
function kindOf(round: number, runSeed: number, caseName: string): RoundInputs['full'] {
  if (round > 1 && round % 2 === 0) return null;
  const turn = round < 2 ? round : (round + 1) / 2;
  const first = deriveSeed(runSeed, caseName, 'kind') & 1;
  return (turn + first) % 2 === 0 ? 'drawn' : 'carried';
}

export interface PlannedCall {
  readonly call: Call;
  /** The image of the inputs, if the parent knows all of it; null after a carried state. */
  readonly image: Image | null;
  /** Whether its image is one of those that are compared in full. */
  readonly drawn: boolean;
  /** Whether it is compared in full, from the state that the call before left. */
  readonly carried: boolean;
}

/** The calls of one variant: drawn images at random places among the others. */
export function planCalls(inputs: RoundInputs, calls: number, variant: string): PlannedCall[] {
  const rng = makeRng(deriveSeed(inputs.seed, variant));
  if (inputs.warm.op.carries) return planSteps(inputs, calls, rng);
  // A variant with fewer calls than images gets the drawn ones first, so that its share in full is larger, not smaller.
  const kept = inputs.drawn.slice(0, calls).map((image) => ({ image, drawn: true }));
  const rest = inputs.others.slice(0, calls - kept.length).map((image) => ({ image, drawn: false }));
  return shuffled([...kept, ...rest], rng).map((one) => ({ ...one, call: callOn(one.image), carried: false }));
}

/**
 * The first call is the drawn one. If it continued from the warm-up, no state before it would have been read, and a kernel, which
 * recognizes the state that each warm-up call puts back, could skip that step.
 */
function planSteps({ warm, drawn, full }: RoundInputs, calls: number, rng: Rng): PlannedCall[] {
  const checked = full === 'carried' && calls > 1 ? rng.int(1, calls - 1) : -1;
  const [first] = drawn;
  const batch = batchOf(first);
  return Array.from({ length: calls }, (_, i) => {
    const seen = i === checked || i + 1 === checked || (i === 0 && full === 'drawn');
    const reads = seen ? fullImage(warm) : outputs(warm);
    if (i === 0) return { call: callOn(first, reads), image: first, drawn: true, carried: false };
    warm.op.drawNext?.({ ...warm, dims: warm.case.dims, tensors: batch, rng });
    return { call: { writes: writesOf(warm, batch), reads }, image: null, drawn: false, carried: i === checked };
  });
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
