/**
 * A trial: one configuration beside the candidate's own choice, in one process, as ABBA, and as BAAB at the next trial; so what the
 * machine does meets both. Each call has the inputs put in place anew, as in a bench, and what the last one left is checked.
 */

import { median } from 'simple-statistics';
import type { Built, Tuning } from '../build/build.ts';
import { Cell } from '../cell/cell.ts';
import { openingOf } from '../cell/opening.ts';
import type { Parameters } from '../contract/candidate.ts';
import { CandidateError } from '../contract/errors.ts';
import type { AnyOp, Case, Truths } from '../contract/op.ts';
import type { Oracle } from '../contract/oracle.ts';
import { compose, type Image } from '../judge/image.ts';
import { boundsFor, inspect } from '../judge/inspect.ts';
import type { Conditions } from '../judge/verify.ts';

export interface TrialRequest extends Conditions {
  readonly op: AnyOp;
  readonly oracle: Oracle;
  readonly built: Built & { readonly tuning: Tuning };
  readonly c: Case;
  readonly signal: AbortSignal;
}

export interface Outcome {
  readonly timeNs: number[];
  readonly defaultNs: number[];
  readonly failure: string | null;
}

/**
 * Least time over that of the default: a disturbance only ever adds to a time, and here it is to be seen through, not reported.
 * A failure is infinitely slow.
 */
export function score({ timeNs, defaultNs, failure }: Outcome): number {
  return failure === null ? Math.min(...timeNs) / Math.min(...defaultNs) : Number.POSITIVE_INFINITY;
}

/** Milliseconds of calls in a trial of the first rung, and how many calls at the least and the most. */
const trialMs = 8;
const [leastCalls, mostCalls] = [5, 40];

export class Trials {
  readonly #request: TrialRequest;
  readonly #image: Image;
  #truths: Truths | null = null;
  #cell: Cell | null = null;
  #calls = 0;
  /** Of a call of the default, once it is known. */
  #ownNs: number | undefined;
  #count = 0;

  constructor(request: TrialRequest) {
    this.#request = request;
    const { op, c, seed, text } = request;
    this.#image = compose(op, c, op.distributions[0], seed, text);
  }

  /** Throws only where the default itself fails, or after an interruption. `rung` makes four times the calls, each. */
  async run(own: Parameters, parameters: Parameters, rung: number): Promise<Outcome> {
    if (this.#calls === 0) {
      const first = await this.#time(own, leastCalls);
      this.#ownNs = median(first);
      this.#calls = Math.max(leastCalls, Math.min(mostCalls, Math.round((trialMs * 1e6) / this.#ownNs)));
    }
    const calls = Math.ceil((this.#calls * 4 ** rung) / 2);
    const sides = this.#count++ % 2 === 0 ? [own, parameters, parameters, own] : [parameters, own, own, parameters];
    const timeNs: number[] = [];
    const defaultNs: number[] = [];
    for (const side of sides) {
      try {
        (side === own ? defaultNs : timeNs).push(...(await this.#time(side, calls)));
      } catch (error) {
        this.#request.signal.throwIfAborted();
        if (side === own || !(error instanceof CandidateError)) throw error;
        this.close();
        return { timeNs: [], defaultNs: [], failure: error.message };
      }
    }
    return { timeNs, defaultNs, failure: null };
  }

  close(): void {
    this.#cell?.close();
    this.#cell = null;
  }

  async #time(parameters: Parameters, calls: number): Promise<number[]> {
    const { op, oracle, built, c, threads, signal } = this.#request;
    signal.throwIfAborted();
    this.#cell ??= new Cell(built);
    const image = this.#image;
    const variant = built.tuning.with(parameters);
    const opening = await openingOf(op, c, image.scalars, image.layout, variant, threads);
    await this.#cell.open(opening);
    const writes = [{ offset: 0, bytes: image.bytes }];
    const whole = [{ offset: 0, length: image.layout.bytes }];
    const plan = Array.from({ length: calls }, (_, i) => ({ writes, reads: i === calls - 1 ? whole : [] }));
    const warmup = { writes, calls: 3, ms: 15 };
    const { timeNs, reads } = await this.#cell.sample({ calls: plan, warmup }, this.#ownNs);
    this.#truths ??= oracle.truths(c.dims, image.scalars, image.tensors);
    const bounds = boundsFor(op, c, op.distributions[0], image, this.#truths, null);
    const inspection = inspect(op, c, image, reads[calls - 1][0], this.#truths, bounds);
    if ('finding' in inspection) throw new CandidateError(`its result is wrong: ${inspection.finding.reason}`);
    return [...timeNs];
  }
}
