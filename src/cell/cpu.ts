/**
 * Keeps processes and threads on CPUs. The CPUs of a machine differ from moment to moment, since each shares its core with another neighbour,
 * so programs of one thread that are compared run on the same one. Threads that spin for one another get a CPU each: beside other work
 * the scheduler else puts a thread that is woken where the one runs that spins for it, and one waits for the end of the other's time slice.
 *
 * Needs    `taskset` of util-linux, and /proc; elsewhere the system chooses a CPU for each process.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { attempt } from '../contract/attempt.ts';

const taskset = ['/usr/bin/taskset', '/bin/taskset'].find(existsSync);

/** Keeps threads, by their ids, on a CPU each. */
export function keepThreads(threads: readonly number[], on: readonly number[]): void {
  if (!taskset) return;
  for (const [i, thread] of threads.slice(0, on.length).entries())
    spawnSync(taskset, ['-p', '-c', `${on[i]}`, `${thread}`], { stdio: 'ignore', env: {} });
}

let found: readonly number[] | null = null;

/**
 * The CPUs that a process can be kept on, first one of each core and then their siblings; empty where that is impossible or there is only
 * one.
 */
export function cpus(): readonly number[] {
  found ??= findCpus();
  return found;
}

function findCpus(): readonly number[] {
  const allowed = taskset ? allowedCpus() : [];
  if (!taskset || allowed.length < 2) return [];
  const words = ['-c', `${allowed[0]}`, process.execPath, '--version'];
  return spawnSync(taskset, words, { stdio: 'ignore', env: {} }).status === 0 ? coresFirst(allowed) : [];
}

/** The CPUs that share a core with this one, such as `0,4`; empty where the system does not say. `root`: for tests. */
export function siblingsOf(cpu: number, root = '/'): string {
  const file = join(root, `sys/devices/system/cpu/cpu${cpu}/topology/thread_siblings_list`);
  return attempt(() => readFileSync(file, 'utf8').trim(), '');
}

export function coresFirst(allowed: readonly number[], root = '/'): readonly number[] {
  const cores = [...Map.groupBy(allowed, (cpu) => siblingsOf(cpu, root) || cpu).values()];
  const most = Math.max(...cores.map(({ length }) => length));
  return Array.from({ length: most }, (_, i) => cores.flatMap((core) => core.slice(i, i + 1))).flat();
}

/** The CPUs of this process's affinity mask, from `Cpus_allowed_list: 0-2,5`; empty without /proc. */
export function allowedCpus(): number[] {
  const status = attempt(() => readFileSync('/proc/self/status', 'utf8'), '');
  const [, list] = /^Cpus_allowed_list:\s*(\S+)/m.exec(status) ?? [];
  return (list?.split(',') ?? []).flatMap((part) => {
    const [first, last = first] = part.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}
