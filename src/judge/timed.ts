/**
 * The outputs of timed calls, checked: a tenth of them or more in full, the others by a sketch, or in full where the op has
 * none. What a sketch projects on is drawn from the run's seed, which the cell never has, after the outputs have come back.
 */
import type { Samples } from '../cell/protocol.ts';
import type { Oracle } from '../contract/oracle.ts';
import { makeRng, type Rng } from '../contract/rng.ts';
import { overwritten } from './batch.ts';
import type { CheckName } from './checks.ts';
import { type Image, imageOf, roleOf, sameBytes, tensorsOf } from './image.ts';
import type { PlannedCall, RoundInputs } from './inputs.ts';
import {
  type Expectation,
  expectationOf,
  type Finding,
  finding,
  findTrespass,
  type Inspection,
  inspect,
} from './inspect.ts';
import { deriveSeed } from './seed.ts';

/** The calls of one variant in one round: what was planned, and what came back. */
export interface TimedCalls {
  readonly planned: readonly PlannedCall[];
  readonly reads: Samples['reads'];
  /** The first call whose results were other ones later. */
  readonly changedLater?: number;
}

export type TimedInspection = { readonly worst: number; readonly full: number } | { readonly finding: Finding };

/** Says of each variant's calls of one round whether they are right; the truth of an image is computed once for all of them. */
export class TimedJudge {
  readonly #expectations = new Map<Image, Expectation>();
  readonly #oracle: Oracle;
  readonly inputs: RoundInputs;

  constructor(oracle: Oracle, inputs: RoundInputs, baseline: TimedCalls | undefined) {
    this.#oracle = oracle;
    this.inputs = inputs;
    if (inputs.full !== 'drawn') return;
    // If the baseline failed, its results bound nothing, and the bounds that the op derives by itself stand alone.
    const place = baseline?.planned.findIndex(({ drawn }) => drawn) ?? -1;
    this.#expect(inputs.drawn[0], place < 0 ? null : (baseline?.reads[place][0] ?? null));
  }

  /** The first thing wrong; or the largest error as a share of its bound, and how many calls were compared in full. */
  inspect(variant: string, { planned, reads, changedLater }: TimedCalls): TimedInspection {
    if (changedLater !== undefined && this.#does('late')) {
      return { finding: finding('changed later', callName(changedLater)) };
    }
    const rng = makeRng(deriveSeed(this.inputs.seed, variant, 'sketch'));
    let [worst, full] = [0, 0];
    for (const [i, call] of planned.entries()) {
      const [after] = reads[i];
      // What the step before left, and this one's batch over it.
      const carried = call.carried && imageOf(overwritten(reads[i - 1][0], call.call.writes), this.inputs.warm);
      const image = carried || call.image;
      const inFull = image !== null && this.#isFull(image, call);
      const inspection = inFull ? this.#inFull(image, after, call.carried) : this.#inPart(image, after, rng);
      if ('finding' in inspection) {
        const { where } = inspection.finding;
        return { finding: { ...inspection.finding, where: `${where} of ${callName(i)}` } };
      }
      worst = Math.max(worst, inspection.worst);
      if (inFull) full++;
    }
    return { worst, full };
  }

  #does(check: CheckName): boolean {
    return !this.inputs.warm.without?.includes(check);
  }

  #isFull(image: Image, { drawn, carried }: PlannedCall): boolean {
    if (carried) return this.#does('carried');
    if (image.op.carries) return this.#expectations.has(image) && this.#does('full');
    return (drawn && this.#does('full')) || !this.#oracle.sketch;
  }

  #inFull(image: Image, after: Uint8Array, carried: boolean): Inspection {
    const known = carried ? this.#alike(image) : this.#expectations.get(image);
    return inspect(image, after, known ?? this.#expect(image, null));
  }

  #inPart(image: Image | null, after: Uint8Array, rng: Rng): Inspection {
    const found = image && !image.op.carries ? this.#inSketch(image, after, rng) : this.#notFinite(after);
    return found ? { finding: found } : { worst: 0 };
  }

  #inSketch(image: Image, after: Uint8Array, rng: Rng): Finding | null {
    const trespass = findTrespass(image, after);
    if (trespass) return trespass;
    if (!this.#oracle.sketch || !this.#does('sketch')) return null;
    const { case: c, scalars, tensors, layout } = image;
    const error = this.#oracle.sketch(c.dims, scalars, tensors, tensorsOf(after, layout), rng);
    return error <= 1 ? null : finding('sketch', 'a random projection', { error, bound: 1 });
  }

  #notFinite(after: Uint8Array): Finding | null {
    const { warm } = this.inputs;
    const outs = Object.keys(warm.op.tensors).filter((name) => roleOf(warm, name) === 'out');
    const tensors =
      after.length === warm.bytes.length
        ? outs.map((name) => tensorsOf(after, warm.layout)[name])
        : [new Float32Array(after.slice().buffer)];
    const wrong = tensors.flatMap((values) => [...values].filter((value) => !Number.isFinite(value)));
    return wrong.length === 0 ? null : finding('not finite', 'the result', { got: wrong[0] });
  }

  /** Twins reach states of the same bits: the truth of one is that of the other. */
  #alike({ bytes }: Image): Expectation | undefined {
    return [...this.#expectations].find(([image]) => sameBytes(image.bytes, bytes))?.[1];
  }

  #expect(image: Image, baselineAfter: Uint8Array | null): Expectation {
    const truths = this.#oracle.truths(image.case.dims, image.scalars, image.tensors);
    const expectation = expectationOf(image, truths, baselineAfter);
    this.#expectations.set(image, expectation);
    return expectation;
  }
}

const callName = (i: number) => `timed call ${i + 1}`;
