/**
 * Checks the outputs of timed calls: at least a tenth of them in full, the others by a sketch, or in full if the op has none. A sketch's
 * projection is drawn after the outputs have come back, from the run's seed, which the cell never gets.
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

/** The calls of one variant in one round, as planned, and what came back. */
export interface TimedCalls {
  readonly planned: readonly PlannedCall[];
  readonly reads: Samples['reads'];
  /** The first call whose results changed afterwards. */
  readonly changedLater?: number;
}

/** Judges the timed calls of one case in one round. The truth of an image is computed once for all variants. */
export class TimedJudge {
  readonly #expectations = new Map<Image, Expectation>();
  readonly #oracle: Oracle;
  readonly inputs: RoundInputs;

  constructor(oracle: Oracle, inputs: RoundInputs, baseline: TimedCalls | undefined) {
    this.#oracle = oracle;
    this.inputs = inputs;
    if (inputs.full !== 'drawn') return;
    // If the baseline failed, only the bounds that the op derives without it hold.
    const place = baseline?.planned.findIndex(({ drawn }) => drawn) ?? -1;
    this.#expect(inputs.drawn[0], place < 0 ? null : (baseline?.reads[place][0] ?? null));
  }

  /** All calls of one variant, and how many of them were compared in full. A finding names the call. */
  inspect(
    variant: string,
    { planned, reads, changedLater }: TimedCalls,
  ): { readonly worst: number; readonly full: number } | { readonly finding: Finding } {
    if (changedLater !== undefined && this.#does('late')) {
      return { finding: finding('changed later', callName(changedLater)) };
    }
    const rng = makeRng(deriveSeed(this.inputs.seed, variant, 'sketch'));
    let [worst, full] = [0, 0];
    for (const [i, call] of planned.entries()) {
      const [after] = reads[i];
      // A carried step's inputs: the state that the step before left, and this step's batch over it.
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

  /** A variant and its twin reach the same states, which then share one truth. */
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
