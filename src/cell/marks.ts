/**
 * Sums the time of one call by its marks: mark(ops) ends one stretch and begins the next, whose time belongs to `ops`. Only thread 0
 * marks.
 *
 * Error    each stretch is off by up to one reading of the clock, about 50 ns.
 */
import type { MarkedNs } from './protocol.ts';

export class Marks {
  readonly #clock: () => bigint;
  #sums = new Map<number, number>();
  #ops = 0;
  #since = 0n;

  constructor(clock: () => bigint = process.hrtime.bigint) {
    this.#clock = clock;
  }

  readonly mark = (ops: number): void => {
    const now = this.#clock();
    this.#sums.set(this.#ops, (this.#sums.get(this.#ops) ?? 0) + Number(now - this.#since));
    this.#ops = ops;
    this.#since = now;
  };

  /** Makes a call; `sums` then covers it from its first to its last nanosecond. */
  over(call: () => void): void {
    this.#sums = new Map();
    this.#ops = 0;
    this.#since = this.#clock();
    call();
    this.mark(0);
  }

  sums(): MarkedNs {
    return [...this.#sums];
  }
}
