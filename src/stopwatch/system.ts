/** What else the machine did meanwhile, from the system's own accounts; null where it keeps none (they are those of Linux). */
import { readFileSync } from 'node:fs';

/** Jiffies of all CPUs since the system started: those that a hypervisor gave to others, and all. */
export function stolen(): { readonly stolen: number; readonly all: number } | null {
  try {
    const [line] = readFileSync('/proc/stat', 'utf8').split('\n');
    // user nice system idle iowait irq softirq steal; guest time is within user.
    const jiffies = line.trim().split(/\s+/).slice(1, 9).map(Number);
    if (jiffies.length < 8 || !jiffies.every(Number.isFinite)) return null;
    return { stolen: jiffies[7], all: jiffies.reduce((sum, n) => sum + n, 0) };
  } catch {
    return null;
  }
}

/** The least time of ten of the same short loop: it changes with the clock rate, and where a neighbour shares the core. */
export function loopNs(): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 10; i++) {
    const start = process.hrtime.bigint();
    spin();
    least = Math.min(least, Number(process.hrtime.bigint() - start));
  }
  return least;
}

/** A chain of dependent integer operations, about half a millisecond: it can be neither vectorized nor left out. */
function spin(): number {
  let x = 1;
  for (let i = 0; i < 200_000; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
  }
  return x;
}

/** The least difference that two readings of the clock of a cell have here, other than none. */
export function clockStepNs(): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 2000; i++) {
    const start = process.hrtime.bigint();
    const step = Number(process.hrtime.bigint() - start);
    if (step > 0) least = Math.min(least, step);
  }
  return least;
}
