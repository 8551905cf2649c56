/** What the parent sees of a cell from outside, where the system tells: Linux, in /proc. */
import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';

/** An arena at its largest, a heap at its largest; less on a small machine, which should not swap for a candidate. */
export const mostResidentBytes = Math.min(3 * 2 ** 30, 0.6 * totalmem());

/** Memory that a process has in use; 0 where it isn't known. */
export function residentBytes(pid: number | undefined): number {
  try {
    const kilobytes = /^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return 1024 * Number(kilobytes ?? 0);
  } catch {
    return 0;
  }
}
