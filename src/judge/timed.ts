/**
 * The outputs of timed calls, checked: a tenth of them or more in full, the others by a sketch, or in full where the op has
 * none. What a sketch projects on is drawn from the run's seed, which the cell never has, after the outputs have come back.
 */
import type { Samples } from '../cell/protocol.ts';
import type { AnyOp, Case, TensorSpec, Truths } from '../contract/op.ts';
import type { Oracle } from '../contract/oracle.ts';
import { makeRng } from '../contract/rng.ts';
import { overwritten } from './batch.ts';
import type { CheckName } from './checks.ts';
import { deriveSeed, type Image, imageOf, tensorsOf } from './image.ts';
import type { PlannedCall, RoundInputs } from './inputs.ts';
import { type Bounds, boundsFor, type Finding, findTrespass, inspect } from './inspect.ts';

interface Expectation {
  readonly truths: Truths;
  readonly bounds: Bounds;
}

/** The calls of one variant in one round: what was planned, and what came back. */
export interface TimedCalls {
  readonly planned: readonly PlannedCall[];
  readonly reads: Samples['reads'];
  readonly changedLater?: number;
}

/** The first thing wrong in the timed calls of one variant, or the largest error as a share of its bound. */
export type TimedInspection = { readonly worst: number; readonly full: number } | { readonly finding: Finding };

/** Says of each variant's calls of one round whether they are right; the truth of an image is computed once for all of them. */
export class TimedJudge {
  readonly #expectations = new Map<Image, Expectation>();
  readonly #without: readonly CheckName[];
  readonly op: AnyOp;
  readonly c: Case;
  readonly oracle: Oracle;
  readonly inputs: RoundInputs;

  constructor(
    { op, oracle, without = [] }: { op: AnyOp; oracle: Oracle; without?: readonly CheckName[] },
    c: Case,
    inputs: RoundInputs,
    baseline: TimedCalls | undefined,
  ) {
    this.op = op;
    this.c = c;
    this.oracle = oracle;
    this.inputs = inputs;
    this.#without = without;
    if (!op.carries || inputs.full !== 'drawn') return;
    // A baseline that failed has no say in the bounds, and then the floor of the op's own derivation stands alone.
    const place = baseline?.planned.findIndex(({ drawn }) => drawn) ?? -1;
    this.#expect(inputs.drawn[0], place < 0 ? null : (baseline?.reads[place][0] ?? null));
  }

  inspect(variant: string, { planned, reads, changedLater }: TimedCalls): TimedInspection {
    if (changedLater !== undefined && this.#does('late')) {
      return { finding: finding('changed later', callName(changedLater)) };
    }
    const rng = makeRng(deriveSeed(this.inputs.seed, variant, 'sketch'));
    let worst = 0;
    let full = 0;
    for (const [i, { call, image, drawn, carried }] of planned.entries()) {
      const [after] = reads[i];
      // What the step before left, and this one's batch over it.
      const before = carried ? imageOf(overwritten(reads[i - 1][0], call.writes), this.inputs.warm) : image;
      const whole = before && this.#isFull(before, drawn, carried);
      if (before && whole) {
        const inspection = this.#inFull(before, after, carried);
        if ('finding' in inspection) return { finding: inTimed(inspection.finding, i) };
        worst = Math.max(worst, inspection.worst);
        full++;
        continue;
      }
      const found = image && !this.op.carries ? this.#inPart(image, after, rng) : this.#finite(after);
      if (found) return { finding: inTimed(found, i) };
    }
    return { worst, full };
  }

  #does(check: CheckName): boolean {
    return !this.#without.includes(check);
  }

  #isFull(before: Image, drawn: boolean, carried: boolean): boolean {
    if (carried) return this.#does('carried');
    if (this.op.carries) return this.#expectations.has(before) && this.#does('full');
    return (drawn && this.#does('full')) || !this.oracle.sketch;
  }

  #inFull(before: Image, after: Uint8Array, carried: boolean) {
    const known = carried ? this.#alike(before) : this.#expectations.get(before);
    const { truths, bounds } = known ?? this.#expect(before, null);
    return inspect(this.op, this.c, before, after, truths, bounds, this.#without);
  }

  #inPart(image: Image, after: Uint8Array, rng: ReturnType<typeof makeRng>): Finding | null {
    const { op, c, oracle } = this;
    const trespass = findTrespass(op, c, image, after, this.#without);
    if (trespass) return trespass;
    if (!oracle.sketch || !this.#does('sketch')) return null;
    const error = oracle.sketch(c.dims, image.scalars, image.tensors, tensorsOf(after, image.layout), rng);
    return error <= 1 ? null : { ...finding('sketch', 'a random projection'), error, bound: 1 };
  }

  #finite(after: Uint8Array): Finding | null {
    const { bytes, layout } = this.inputs.warm;
    const outs = Object.entries<TensorSpec>(this.op.tensors).filter(([, { role }]) => role === 'out');
    const tensors =
      after.length === bytes.length
        ? outs.map(([name]) => tensorsOf(after, layout)[name])
        : [new Float32Array(after.slice().buffer)];
    const wrong = tensors.flatMap((values) => [...values].filter((value) => !Number.isFinite(value)));
    return wrong.length === 0 ? null : { ...finding('not finite', 'the result'), got: wrong[0] };
  }

  /** A variant and its twin carry a state to the same bits, which have one truth. */
  #alike({ bytes }: Image): Expectation | undefined {
    const same = ([image]: [Image, Expectation]) => Buffer.compare(image.bytes, bytes) === 0;
    return [...this.#expectations].find(same)?.[1];
  }

  #expect(image: Image, baselineAfter: Uint8Array | null): Expectation {
    const { op, c } = this;
    const truths = this.oracle.truths(c.dims, image.scalars, image.tensors);
    const expectation = { truths, bounds: boundsFor(op, c, op.distributions[0], image, truths, baselineAfter) };
    this.#expectations.set(image, expectation);
    return expectation;
  }
}

const callName = (i: number) => `timed call ${i + 1}`;
const finding = (reason: Finding['reason'], where: string): Finding => ({
  reason,
  where,
  got: null,
  want: null,
  error: null,
  bound: null,
});
const inTimed = (found: Finding, i: number): Finding => ({ ...found, where: `${found.where} of ${callName(i)}` });
