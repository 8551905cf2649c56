/**
 * A trial: one configuration beside the candidate's own choice, in one process, one after the other and in the other order at
 * the next trial; so what the machine does meets both. Each call has the inputs put in place anew, as in a bench, and what the
 * last one left is checked.
 */
import { median, quantile } from 'simple-statistics';
import type { Built, Tuning } from '../build/build.ts';
import { BuildError } from '../build/sources.ts';
import { Cell, CellError } from '../cell/cell.ts';
import { openingOf } from '../cell/opening.ts';
import type { Parameters } from '../contract/candidate.ts';
import type { AnyOp, Case } from '../contract/op.ts';
import type { Oracle } from '../contract/oracle.ts';
import { type Expectations, inspectTimed } from '../measure/timed.ts';
import { compose, type Image } from '../verify/image.ts';
import type { Conditions } from '../verify/verify.ts';

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
 * Time over that of the default, by the lower quartile of each, which a disturbance must hit three calls of four to move; a
 * failure is infinitely slow.
 */
export function score({ timeNs, defaultNs, failure }: Outcome): number {
  return failure === null ? quantile(timeNs, 0.25) / quantile(defaultNs, 0.25) : Number.POSITIVE_INFINITY;
}

/** Milliseconds of calls in a trial of the first rung, and how many calls at the least and the most. */
const trialMs = 8;
const [leastCalls, mostCalls] = [5, 40];
const limitMs = 20_000;

export class Trials {
  readonly #request: TrialRequest;
  readonly #image: Image;
  readonly #expectations: Expectations = new Map();
  #cell: Cell | null = null;
  #calls = 0;
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
      this.#calls = Math.max(leastCalls, Math.min(mostCalls, Math.round((trialMs * 1e6) / median(first))));
    }
    const calls = this.#calls * 4 ** rung;
    const ownFirst = this.#count++ % 2 === 0;
    const before = ownFirst ? await this.#time(own, calls) : null;
    let timeNs: number[] = [];
    let failure: string | null = null;
    try {
      timeNs = await this.#time(parameters, calls);
    } catch (error) {
      this.#request.signal.throwIfAborted();
      if (!(error instanceof CellError || error instanceof BuildError)) throw error;
      failure = error.message;
      this.close();
    }
    const defaultNs = before ?? (failure === null ? await this.#time(own, calls) : []);
    return { timeNs, defaultNs, failure };
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
    await this.#cell.open(opening, limitMs);
    const writes = [{ offset: 0, bytes: image.bytes }];
    const whole = [{ offset: 0, length: image.layout.bytes }];
    const plan = Array.from({ length: calls }, (_, i) => ({ writes, reads: i === calls - 1 ? whole : [] }));
    const warmup = { writes, calls: 3, ms: 15 };
    const { timeNs, reads } = await this.#cell.sample({ calls: plan, warmup }, limitMs);
    const planned = [{ call: plan[calls - 1], image, drawn: true }];
    const inspection = inspectTimed(op, c, oracle, planned, reads.slice(-1), this.#expectations, this.#request.seed);
    if ('finding' in inspection) throw new CellError(`its result is wrong: ${inspection.finding.reason}`);
    return [...timeNs];
  }
}
