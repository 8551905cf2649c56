/** What the parent sees of a cell from outside, where the system tells: Linux, in /proc. */
import { readdirSync, readFileSync } from 'node:fs';
import { totalmem } from 'node:os';

/** An arena at its largest, a heap at its largest; less on a small machine, which should not swap for a candidate. */
export const mostResidentBytes = Math.min(3 * 2 ** 30, 0.6 * totalmem());

/**
 * What the system gives it at most, in use or not, and also while this process is too busy to look: more than the above, since an
 * engine asks for 0.7 GiB that it never touches.
 */
export const mostDataBytes = mostResidentBytes + 2 ** 30;

/** Memory that a process has in use; 0 where it isn't known. */
export function residentBytes(pid: number | undefined): number {
  try {
    const kilobytes = /^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return 1024 * Number(kilobytes ?? 0);
  } catch {
    return 0;
  }
}

/**
 * CPU time so far of the threads that run a candidate, the main one and the pool's, in nanoseconds by id; those of V8, which compile and
 * collect, are left out. Null where no account of each thread is kept.
 */
export function cpuTimes(pid: number | undefined): ReadonlyMap<string, number> | null {
  try {
    const times = new Map<string, number>();
    for (const task of readdirSync(`/proc/${pid}/task`)) {
      const read = (file: string) => readFileSync(`/proc/${pid}/task/${task}/${file}`, 'utf8');
      if (task !== `${pid}` && !read('comm').includes('WorkerThread')) continue;
      times.set(task, Number(read('schedstat').split(' ')[0]));
    }
    return times;
  } catch {
    return null;
  }
}
