/**
 * Sums the time of one call by its marks: mark(ops) ends one stretch and begins the next, whose time belongs to `ops`. Only thread 0
 * marks.
 *
 * Error    each stretch is off by up to one reading of the clock, about 50 ns.
 */
import type { MarkedNs } from './protocol.ts';

const clock = process.hrtime.bigint;

export class Marks {
  #sums = new Map<number, number>();
  #ops = 0;
  #since = 0n;

  readonly mark = (ops: number): void => {
    const now = clock();
    this.#sums.set(this.#ops, (this.#sums.get(this.#ops) ?? 0) + Number(now - this.#since));
    this.#ops = ops;
    this.#since = now;
  };

  /** Makes a call; `sums` then covers it from its first to its last nanosecond. */
  over(call: () => void): void {
    this.#sums = new Map();
    this.#ops = 0;
    this.#since = clock();
    call();
    this.mark(0);
  }

  sums(): MarkedNs {
    return [...this.#sums];
  }
}
