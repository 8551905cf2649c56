/**
 * Checks the outputs of timed calls, once all calls of a case have been answered: at least a tenth of them in full, and those on an image that was
 * not planned, of calls made again; the others by a sketch, or in full if the op has none. Which calls, and the sketch's projection, are drawn only then, from entropy that no input shares. Calls
 * of an op that carries state are checked in steps.ts.
 */
import type { Samples } from '../cell/protocol.ts';
import type { Oracle } from '../contract/oracle.ts';
import type { CheckName } from './checks.ts';
import { type Image, tensorsOf } from './image.ts';
import { type PlannedCall, type RoundInputs, shuffled } from './inputs.ts';
import {
  type Expectation,
  expectationOf,
  type Finding,
  finding,
  findTrespass,
  type Inspection,
  inspect,
} from './inspect.ts';
import { freshRng } from './seed.ts';

/** The calls of one variant, as planned, and what came back. */
export interface TimedCalls {
  readonly planned: readonly PlannedCall[];
  readonly reads: Samples['reads'];
  /** The first call whose results changed afterwards. */
  readonly changedLater?: number;
}

/** The largest error as a share of its bound, and the calls that were compared in full, by number from 0; or what is wrong, and in which call. */
export type TimedInspection =
  | { readonly worst: number; readonly full: readonly number[] }
  | { readonly finding: Finding };

/** At least one call in ten is compared with the oracle in full. */
const fullShare = 10;

/** Judges the timed calls of one case in one round. The truth of an image is computed once for all variants. */
export class TimedJudge {
  readonly #expectations = new Map<Image, Expectation>();
  readonly #oracle: Oracle;
  readonly #chosen: ReadonlySet<Image>;
  readonly #rng = freshRng();
  readonly inputs: RoundInputs;

  /** To be made after the calls. `all`: compare each of them in full. */
  constructor(oracle: Oracle, inputs: RoundInputs, all = false) {
    const { images } = inputs;
    this.#oracle = oracle;
    this.inputs = inputs;
    this.#chosen = new Set(all ? images : shuffled(images, this.#rng).slice(0, Math.ceil(images.length / fullShare)));
  }

  inspect({ planned, reads, changedLater }: TimedCalls): TimedInspection {
    const { warm } = this.inputs;
    if (changedLater !== undefined && does(warm, 'late'))
      return { finding: finding('changed later', callName(changedLater)) };
    const full: number[] = [];
    let worst = 0;
    for (const [i, { image }] of planned.entries()) {
      if (image === null) throw new Error('a call without an image');
      const [after] = reads[i];
      const isChosen = this.#chosen.has(image) || !this.inputs.images.includes(image);
      const inFull = !this.#oracle.sketch || (isChosen && does(warm, 'full'));
      const inspection = inFull ? inspect(image, after, this.#expect(image)) : this.#inSketch(image, after);
      if ('finding' in inspection) return { finding: inCall(inspection.finding, i) };
      worst = Math.max(worst, inspection.worst);
      if (inFull) full.push(i);
    }
    return { worst, full };
  }

  #inSketch(image: Image, after: Uint8Array): Inspection {
    const trespass = findTrespass(image, after);
    if (trespass) return { finding: trespass };
    if (!this.#oracle.sketch || !does(image, 'sketch')) return { worst: 0 };
    const { case: c, scalars, tensors, layout } = image;
    const error = this.#oracle.sketch(c.dims, scalars, tensors, tensorsOf(after, layout), this.#rng);
    if (error <= 1) return { worst: 0 };
    return { finding: finding('sketch', 'a random projection', { error, bound: 1 }) };
  }

  #expect(image: Image): Expectation {
    const known = this.#expectations.get(image) ?? expectationOf(image, truthsOf(this.#oracle, image), null);
    this.#expectations.set(image, known);
    return known;
  }
}

/** Whether a check is made. */
export const does = ({ without }: Image, check: CheckName): boolean => !without?.includes(check);

export const truthsOf = (oracle: Oracle, { case: c, scalars, tensors }: Image) =>
  oracle.truths(c.dims, scalars, tensors);

export const callName = (i: number) => `timed call ${i + 1}`;

export const inCall = (found: Finding, i: number): Finding => ({ ...found, where: `${found.where} of ${callName(i)}` });
