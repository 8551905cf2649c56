/** What the parent sees of a cell from outside, where the system tells: Linux, in /proc. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { constrainedMemory } from 'node:process';

/** What this process may use: a container often has less than the machine. */
const memoryBytes = Math.min(totalmem(), constrainedMemory() || Number.POSITIVE_INFINITY);

/** An arena at its largest, a heap at its largest; less on a small machine, which should not swap for a candidate. */
export const maxResidentBytes = Math.min(3 * 2 ** 30, 0.6 * memoryBytes);

/**
 * What the system gives it at most, in use or not, and also while this process is too busy to look: more than the above, since an
 * engine asks for 0.7 GiB that it never touches.
 */
export const maxDataBytes = maxResidentBytes + 2 ** 30;

/** Memory that a process has in use, and what the system counts as its data, in use or not; 0 where that isn't known. */
export function memoryOf(pid: number | undefined): { readonly resident: number; readonly data: number } {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const bytes = (what: string) => 1024 * Number(new RegExp(`^${what}:\\s*(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0);
    return { resident: bytes('VmRSS'), data: bytes('VmData') };
  } catch {
    return { resident: 0, data: 0 };
  }
}

const prlimit = ['/usr/bin/prlimit', '/bin/prlimit'].find(existsSync);

/** Limits its data; null lifts the limit. Only what the process itself cannot raise from inside: it has no call for it. */
export function limitData(pid: number | undefined, bytes: number | null): void {
  if (!prlimit || pid === undefined) return;
  spawnSync(prlimit, ['--pid', `${pid}`, `--data=${bytes ?? 'unlimited'}:`], { stdio: 'ignore', env: {} });
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
