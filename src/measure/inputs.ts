/** The inputs of timed calls: fresh bytes before each of them, made by the parent, known to the cell one at a time. */
import type { Call, Range, Write } from '../cell/protocol.ts';
import type { AnyOp, Case, TensorSpec, TypedArray } from '../contract/op.ts';
import { makeRng } from '../contract/rng.ts';
import { compose, deriveSeed, type Image, poison } from '../verify/image.ts';

/** What one case gets in one round. All variants get the same images, each in an order of its own. */
export interface RoundInputs {
  /** For warm-up. No timed call sees these bytes, but the state that an op carries goes on from there. */
  readonly warm: Image;
  /** The image whose result is compared with the oracle in full. */
  readonly drawn: Image;
  /** Images of the other calls; none for ops that carry state, where only a fresh batch is new. */
  readonly others: readonly Image[];
  /** Whether the drawn call is read back whole and compared with the oracle, in this round. */
  readonly checked: boolean;
  readonly seed: number;
}

export function roundInputs(
  op: AnyOp,
  c: Case,
  runSeed: number,
  round: number,
  calls: number,
  checked: boolean,
  text: Uint8Array,
): RoundInputs {
  const name = op.caseName(c);
  const [distribution] = op.distributions;
  const seed = (purpose: string | number) => deriveSeed(runSeed, op.name, name, distribution, purpose, round);
  const warm = compose(op, c, distribution, seed('warm'), text);
  const make = (imageSeed: number) => compose(op, c, distribution, imageSeed, text, warm.layout);
  // The checked round draws what `nfold verify --case --seed` draws, so that its command replays a failure.
  const drawn = make(checked ? deriveSeed(runSeed, op.name, name, distribution, 0) : seed('drawn'));
  const count = op.carries ? 0 : calls - 1;
  const others = Array.from({ length: count }, (_, i) => make(seed(i)));
  return { warm, drawn, others, checked, seed: seed('order') };
}

export interface PlannedCall {
  readonly call: Call;
  /** The image that these inputs are, where it can be checked; null after a carried state. */
  readonly image: Image | null;
  readonly drawn: boolean;
}

/** The calls of one variant: the drawn image at a random place among the others. */
export function planCalls(
  op: AnyOp,
  c: Case,
  inputs: RoundInputs,
  calls: number,
  variant: string,
  text: Uint8Array,
): PlannedCall[] {
  const rng = makeRng(deriveSeed(inputs.seed, variant));
  const place = rng.int(0, calls - 1);
  const [distribution] = op.distributions;
  const planned: PlannedCall[] = [];
  let batch = batchOf(op, inputs.warm);
  for (let i = 0; i < calls; i++) {
    const drawn = i === place;
    if (op.drawNext && !drawn) {
      op.drawNext({ dims: c.dims, scalars: inputs.warm.scalars, tensors: batch, rng, distribution, text });
      planned.push({
        call: { writes: writesOf(op, inputs.warm, batch), reads: outputs(op, inputs.warm) },
        image: null,
        drawn,
      });
      continue;
    }
    const image = drawn ? inputs.drawn : inputs.others[i > place ? i - 1 : i];
    const whole = !op.carries || inputs.checked;
    const reads = whole ? [{ offset: 0, length: image.bytes.length }] : outputs(op, image);
    planned.push({ call: { writes: [{ offset: 0, bytes: image.bytes }], reads }, image, drawn });
    batch = batchOf(op, image);
  }
  return planned;
}

/** What is new in each call of an op that carries state: every tensor but the carried ones. */
type Batch = Readonly<Record<string, TypedArray>>;

function batchOf(op: AnyOp, image: Image): Batch {
  const names = op.carries ? Object.keys(op.tensors).filter((name) => !op.carries?.includes(name)) : [];
  return Object.fromEntries(names.map((name) => [name, image.tensors[name].slice()]));
}

function writesOf(op: AnyOp, { layout }: Image, batch: Batch): Write[] {
  return layout.slots
    .filter(({ name }) => name in batch)
    .map(({ name, offset }) => {
      const words = new Int32Array(batch[name].slice().buffer);
      if ((op.tensors[name] as TensorSpec).role === 'out') words.fill(poison);
      return { offset, bytes: new Uint8Array(words.buffer) };
    });
}

function outputs(op: AnyOp, { layout }: Image): Range[] {
  return layout.slots
    .filter(({ name }) => (op.tensors[name] as TensorSpec).role === 'out')
    .map(({ offset, length }) => ({ offset, length: 4 * length }));
}
