/**
 * Checks the timed calls of an op that carries state, turn by turn, since states are large: every step, from the state that the one before
 * it left, against the oracle's fast reference (`near`). Steps that are not near it, and some that are chosen once their turn has been
 * answered, are compared with the truth. If the oracle has no such reference, all are.
 */
import type { Oracle } from '../contract/oracle.ts';
import { overwritten } from './batch.ts';
import { type Image, imageOf, tensorsOf } from './image.ts';
import type { RoundInputs } from './inputs.ts';
import { expectationOf, finding, findTrespass, type Inspection, inspect } from './inspect.ts';
import { freshRng } from './seed.ts';
import { callName, does, inCall, type TimedCalls, type TimedInspection, truthsOf } from './timed.ts';

/** Judges the turns of one variant at one case in one round. */
export class StepJudge {
  readonly #oracle: Oracle;
  readonly #inputs: RoundInputs;
  readonly #rng = freshRng();
  #left: Uint8Array;
  #made = 0;

  constructor(oracle: Oracle, inputs: RoundInputs) {
    this.#oracle = oracle;
    this.#inputs = inputs;
    this.#left = inputs.warm.bytes;
  }

  /** The calls of the next turn, counted over all turns. `chance`: of comparing one of them with the truth; null compares all of them. */
  inspect({ planned, reads, changedLater }: TimedCalls, chance: number | null): TimedInspection {
    const { warm } = this.#inputs;
    const first = this.#made;
    this.#made += planned.length;
    if (changedLater !== undefined && does(warm, 'late'))
      return { finding: finding('changed later', callName(first + changedLater)) };
    const chosen = this.#rng.unit() < (chance ?? 0) ? this.#rng.int(0, planned.length - 1) : -1;
    const full: number[] = [];
    let worst = 0;
    for (const [i, { call, image: drawn }] of planned.entries()) {
      const [after] = reads[i];
      const image = drawn ?? imageOf(overwritten(this.#left, call.writes), warm);
      this.#left = after;
      const inFull = chance === null || !this.#oracle.near || (i === chosen && does(warm, 'full'));
      const inspection = inFull ? this.#inFull(image, after) : this.#beside(image, after);
      if ('finding' in inspection) return { finding: inCall(inspection.finding, first + i) };
      worst = Math.max(worst, inspection.worst);
      if (inFull) full.push(first + i);
    }
    return { worst, full };
  }

  #inFull(image: Image, after: Uint8Array): Inspection {
    return inspect(image, after, expectationOf(image, truthsOf(this.#oracle, image), null));
  }

  #beside(image: Image, after: Uint8Array): Inspection {
    const { case: c, scalars, tensors, layout } = image;
    const trespass = findTrespass(image, after);
    if (trespass) return { finding: trespass };
    if (!this.#oracle.near || !does(image, 'steps')) return { worst: 0 };
    const worst = this.#oracle.near(c.dims, scalars, tensors, tensorsOf(after, layout));
    return worst <= 1 ? { worst } : this.#inFull(image, after);
  }
}
