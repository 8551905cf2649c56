/**
 * A trial times one configuration and the candidate's default in one process, in the order ABBA, and in the next trial BAAB, so that a
 * drift of the machine meets both. As in a bench, each call gets its inputs put in place anew, and the last call's outputs are checked.
 */
import { median } from 'simple-statistics';
import type { Built, Tuning } from '../build/build.ts';
import type { Trial } from '../build/tuned.ts';
import { Timer } from '../cell/timer.ts';
import type { Parameters } from '../contract/candidate.ts';
import { CandidateError } from '../contract/errors.ts';
import type { AnyOp, Case, Truths } from '../contract/op.ts';
import type { Oracle } from '../contract/oracle.ts';
import { inOneLine } from '../contract/place.ts';
import { callOn, fullImage } from '../judge/batch.ts';
import { compose } from '../judge/compose.ts';
import type { Conditions } from '../judge/conditions.ts';
import type { Image } from '../judge/image.ts';
import { expectationOf, inspect } from '../judge/inspect.ts';

/** A generator with a space to search. */
export type Tunable = Built & { readonly tuning: Tuning };

interface TrialRequest extends Conditions {
  readonly op: AnyOp;
  readonly oracle: Oracle;
  readonly built: Tunable;
  readonly c: Case;
  readonly signal: AbortSignal;
  /** The candidate's default at this case. */
  readonly own: Parameters;
}

type Outcome = Pick<Trial, 'timeNs' | 'defaultNs' | 'failure'>;

/** The ratio of the minimum times, configuration over default, since a disturbance only adds to a time. A failure is infinitely slow. */
export function score({ timeNs, defaultNs, failure }: Outcome): number {
  return failure === null ? Math.min(...timeNs) / Math.min(...defaultNs) : Number.POSITIVE_INFINITY;
}

/** Milliseconds of calls of each side in a trial of rung 0, and the bounds of their number. */
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
    const { op, c, seed, text } = request;
    this.#request = request;
    this.#image = compose({ op, case: c, distribution: op.distributions[0], text }, seed);
  }

  /** Each `rung` makes four times the calls of the one before. Throws if the default fails or the search is aborted. */
  async run(parameters: Parameters, rung: number): Promise<Outcome> {
    const { own, signal } = this.#request;
    if (this.#calls === 0) {
      this.#defaultCallNs = median(await this.#time(own, minCalls));
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
        signal.throwIfAborted();
        if (side === own || !(error instanceof CandidateError)) throw error;
        this.close();
        return { timeNs: [], defaultNs: [], failure: inOneLine(error.message, error) };
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
    // All configurations share a process, whose flags are the candidate's; opening the image loads the code of `parameters`.
    this.#parameters = parameters;
    const chosen = () => built.tuning.with(this.#parameters);
    this.#timer ??= new Timer(
      {
        ...built,
        // A search has a time of its own, in which it opens as many configurations as it can.
        budget: undefined,
        artifact: (...given) => chosen().artifact(...given),
        locate: (...given) => chosen().locate!(...given),
      },
      threads,
    );
    const image = this.#image;
    await this.#timer.open(image);
    const plan = Array.from({ length: calls }, (_, i) => callOn(image, i === calls - 1 ? fullImage(image) : []));
    const turn = { warmup: { calls: 3, ms: 15 }, expectedNs: this.#defaultCallNs };
    const { timeNs, reads } = await this.#timer.turn(plan, turn);
    this.#truths ??= oracle.truths(image.case.dims, image.scalars, image.tensors);
    const inspection = inspect(image, reads[calls - 1][0], expectationOf(image, this.#truths, null));
    if ('finding' in inspection) throw new CandidateError(`its result is wrong: ${inspection.finding.reason}`);
    return [...timeNs];
  }
}
