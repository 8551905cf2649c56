/** Observes the machine while rounds run. */
import { readFileSync } from 'node:fs';
import { attempt } from '../contract/attempt.ts';

/** Jiffies of all CPUs since the boot: those that the hypervisor gave to other machines, and all; null without Linux's account. */
export function stolen(): { readonly stolen: number; readonly all: number } | null {
  const [line] = attempt(() => readFileSync('/proc/stat', 'utf8'), '').split('\n');
  // user nice system idle iowait irq softirq steal; guest time is within user.
  const jiffies = line.trim().split(/\s+/).slice(1, 9).map(Number);
  if (jiffies.length < 8 || !jiffies.every(Number.isFinite)) return null;
  return { stolen: jiffies[7], all: jiffies.reduce((sum, n) => sum + n, 0) };
}

/** Minimum time of ten equal short loops: it changes with the clock rate, and if a neighbour shares the core. */
export function loopNs(): number {
  let min = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 10; i++) {
    const start = process.hrtime.bigint();
    spin();
    min = Math.min(min, Number(process.hrtime.bigint() - start));
  }
  return min;
}

/** A chain of dependent integer operations, about half a millisecond, which V8 can neither vectorize nor leave out. */
function spin(): number {
  let x = 1;
  for (let i = 0; i < 200_000; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
  }
  return x;
}

/** The smallest difference above zero between two readings of the clock that cells use. */
export function clockStepNs(): number {
  let min = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 2000; i++) {
    const start = process.hrtime.bigint();
    const step = Number(process.hrtime.bigint() - start);
    if (step > 0) min = Math.min(min, step);
  }
  return min;
}
