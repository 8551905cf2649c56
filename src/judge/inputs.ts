/**
 * The inputs of timed calls: fresh bytes before each of them, made by the parent, known to the cell one at a time.
 *
 * Which results are compared with the oracle in full is drawn here and told to nobody: a tenth of the calls or more. An op
 * that carries state has two kinds of call. `drawn` starts from a state that the parent draws, which finds out whoever keeps a
 * copy of the state for himself. `carried` starts from what the call before has left, and is read before and after without being
 * touched, which finds out whoever works only where the state was replaced.
 */
import type { Call } from '../cell/protocol.ts';
import type { AnyOp, Case } from '../contract/op.ts';
import { makeRng, type Rng } from '../contract/rng.ts';
import { batchOf, outputs, whole, writesOf } from './batch.ts';
import type { CheckName } from './checks.ts';
import { compose, deriveSeed, type Image } from './image.ts';

/** What one case gets in one round. All variants get the same images, each in an order of its own. */
export interface RoundInputs {
  /** For warm-up. No timed call sees these bytes, but the state that an op carries goes on from there. */
  readonly warm: Image;
  /** Images whose results are compared with the oracle in full. One, for an op that carries state. */
  readonly drawn: readonly Image[];
  /** Images of the other calls; none for ops that carry state, where only a fresh batch is new. */
  readonly others: readonly Image[];
  /** For ops that carry state: which of its kinds of call is compared in full in this round. */
  readonly full: 'drawn' | 'carried' | null;
  readonly seed: number;
}

/** One call in so many, or more, is compared with the oracle in full. */
export const fullShare = 10;

/** The same for the same arguments, so that a round can be replayed without those before it. `calls`: the most of any variant. */
export function roundInputs(
  op: AnyOp,
  c: Case,
  runSeed: number,
  round: number,
  calls: number,
  text: Uint8Array,
  without: readonly CheckName[] = [],
): RoundInputs {
  const name = op.caseName(c);
  const [distribution] = op.distributions;
  const seed = (purpose: string | number) => deriveSeed(runSeed, op.name, name, distribution, purpose, round);
  const warm = compose(op, c, distribution, seed('warm'), text);
  const make = (imageSeed: number) => compose(op, c, distribution, imageSeed, text, { layout: warm.layout, without });
  const full = op.carries ? 1 : Math.ceil(calls / fullShare);
  const drawn = Array.from({ length: full }, (_, i) => make(seed(`drawn ${i}`)));
  const others = Array.from({ length: op.carries ? 0 : calls - full }, (_, i) => make(seed(i)));
  return { warm, drawn, others, full: op.carries ? kindOf(round, runSeed, name) : null, seed: seed('order') };
}

/** Both kinds in the first two rounds, in either order; from there one in every second round, of which the third is none. */
function kindOf(round: number, runSeed: number, caseName: string): RoundInputs['full'] {
  if (round > 1 && round % 2 === 0) return null;
  const turn = round < 2 ? round : (round + 1) / 2;
  const first = deriveSeed(runSeed, caseName, 'kind') & 1;
  return (turn + first) % 2 === 0 ? 'drawn' : 'carried';
}

export interface PlannedCall {
  readonly call: Call;
  /** The image that these inputs are, where the parent knows all of it; null after a carried state. */
  readonly image: Image | null;
  /** Its image is one of those that are compared in full. */
  readonly drawn: boolean;
  /** It is compared in full from the state that the call before has left. */
  readonly carried: boolean;
}

/** The calls of one variant: drawn images at random places among the others. */
export function planCalls(
  op: AnyOp,
  c: Case,
  inputs: RoundInputs,
  calls: number,
  variant: string,
  text: Uint8Array,
): PlannedCall[] {
  const rng = makeRng(deriveSeed(inputs.seed, variant));
  if (op.carries) return planSteps(op, c, inputs, calls, rng, text);
  // A variant of fewer calls than there are images gets the drawn ones first: its share is larger, not smaller.
  const kept = inputs.drawn.slice(0, calls).map((image) => ({ image, drawn: true }));
  const rest = inputs.others.slice(0, calls - kept.length).map((image) => ({ image, drawn: false }));
  return shuffled([...kept, ...rest], rng).map(({ image, drawn }) => ({
    call: { writes: [{ offset: 0, bytes: image.bytes }], reads: whole(image) },
    image,
    drawn,
    carried: false,
  }));
}

/**
 * The first call is the drawn one. Were it one that goes on from the warm-up, nobody would have read the state before it, and a
 * kernel, which can tell by the state that a warm-up puts back, could take that step for nothing.
 */
function planSteps(op: AnyOp, c: Case, inputs: RoundInputs, calls: number, rng: Rng, text: Uint8Array): PlannedCall[] {
  const [distribution] = op.distributions;
  const { warm, full } = inputs;
  const checked = full === 'carried' && calls > 1 ? rng.int(1, calls - 1) : -1;
  const planned: PlannedCall[] = [];
  let batch = batchOf(op, warm);
  for (let i = 0; i < calls; i++) {
    const seen = i === checked || i + 1 === checked || (i === 0 && full === 'drawn');
    const reads = seen ? whole(warm) : outputs(op, warm);
    if (i === 0) {
      const [image] = inputs.drawn;
      planned.push({
        call: { writes: [{ offset: 0, bytes: image.bytes }], reads },
        image,
        drawn: true,
        carried: false,
      });
      batch = batchOf(op, image);
    } else {
      op.drawNext?.({ dims: c.dims, scalars: warm.scalars, tensors: batch, rng, distribution, text });
      const writes = writesOf(op, warm, batch);
      planned.push({ call: { writes, reads }, image: null, drawn: false, carried: i === checked });
    }
  }
  return planned;
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
