/**
 * Time by what is marked: mark(ops) ends one stretch and begins the next, whose time belongs to `ops`. Of thread 0 alone.
 *
 * Error    a stretch lacks, or has too much of, one reading of the clock: some 50 ns.
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

  /** One call, from its first to its last nanosecond. */
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
