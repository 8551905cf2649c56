/**
 * A trial: one configuration beside the candidate's own choice, in one process, as ABBA, and as BAAB at the next trial; so what the
 * machine does meets both. Each call has the inputs put in place anew, as in a bench, and what the last one left is checked.
 */

import { median } from 'simple-statistics';
import type { Built, Tuning } from '../build/build.ts';
import { Timer } from '../cell/timer.ts';
import type { Parameters } from '../contract/candidate.ts';
import { CandidateError } from '../contract/errors.ts';
import type { AnyOp, Case, Truths } from '../contract/op.ts';
import type { Oracle } from '../contract/oracle.ts';
import { callOn, fullImage } from '../judge/batch.ts';
import type { Conditions } from '../judge/conditions.ts';
import { compose, type Image } from '../judge/image.ts';
import { expectationOf, inspect } from '../judge/inspect.ts';

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
const [minCalls, maxCalls] = [5, 40];

export class Trials {
  readonly #request: TrialRequest;
  readonly #image: Image;
  #truths: Truths | null = null;
  #timer: Timer | null = null;
  #calls = 0;
  #defaultCallNs: number | undefined;
  #parameters: Parameters = {};
  #count = 0;

  constructor(request: TrialRequest) {
    this.#request = request;
    const { op, c, seed, text } = request;
    this.#image = compose({ op, case: c, distribution: op.distributions[0], text }, seed);
  }

  /** Throws only where the default itself fails, or after an interruption. `rung` makes four times the calls, each. */
  async run(own: Parameters, parameters: Parameters, rung: number): Promise<Outcome> {
    if (this.#calls === 0) {
      const first = await this.#time(own, minCalls);
      this.#defaultCallNs = median(first);
      this.#calls = Math.max(minCalls, Math.min(maxCalls, Math.round((trialMs * 1e6) / this.#defaultCallNs)));
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
    this.#timer?.close();
    this.#timer = null;
  }

  async #time(parameters: Parameters, calls: number): Promise<number[]> {
    const { oracle, built, threads, signal } = this.#request;
    signal.throwIfAborted();
    // One process for all configurations: its flags are those of the candidate, and its code that of the image that is open.
    this.#timer ??= new Timer(
      { ...built, artifact: (dims, used) => built.tuning.with(this.#parameters).artifact(dims, used) },
      threads,
    );
    this.#parameters = parameters;
    const image = this.#image;
    await this.#timer.open(image);
    const plan = Array.from({ length: calls }, (_, i) => callOn(image, i === calls - 1 ? fullImage(image) : []));
    const { timeNs, reads } = await this.#timer.turn(plan, {
      warmup: { calls: 3, ms: 15 },
      expectedNs: this.#defaultCallNs,
    });
    this.#truths ??= oracle.truths(image.case.dims, image.scalars, image.tensors);
    const inspection = inspect(image, reads[calls - 1][0], expectationOf(image, this.#truths, null));
    if ('finding' in inspection) throw new CandidateError(`its result is wrong: ${inspection.finding.reason}`);
    return [...timeNs];
  }
}
