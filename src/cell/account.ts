/**
 * What a cell says of its time, against what the parent sees of it: its calls cannot have taken longer than the whole did, and the
 * CPU time of its threads that lies in no call is work that nobody times - putting inputs in place, or something else.
 */

import { cpuTimes } from './procfs.ts';
import type { Samples } from './protocol.ts';

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

export class Account {
  readonly #pid: number | undefined;
  readonly #began = process.hrtime.bigint();
  readonly #before: ReadonlyMap<string, number> | null;

  constructor(pid: number | undefined) {
    this.#pid = pid;
    this.#before = cpuTimes(pid);
  }

  /** Nanoseconds of CPU outside of the calls, null where the system does not say; or why what it says cannot be. */
  close({ timeNs, queuedNs, warmedNs = 0 }: Samples): number | null | { readonly impossible: string } {
    const wallNs = Number(process.hrtime.bigint() - this.#began);
    const calledNs = sum(timeNs);
    if (calledNs > wallNs || timeNs.some((ns) => ns < 0)) {
      return { impossible: `its calls are said to have taken ${calledNs} ns, of the ${wallNs} ns that went by` };
    }
    const after = cpuTimes(this.#pid);
    const before = this.#before;
    if (!before || !after) return null;
    const inCalls = calledNs - sum(queuedNs ?? []) + warmedNs;
    return sum([...after].map(([thread, ns]) => Math.max(0, ns - (before.get(thread) ?? 0) - inCalls)));
  }
}
