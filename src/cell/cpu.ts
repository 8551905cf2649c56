/**
 * Processes on one CPU. The CPUs of a machine differ from moment to moment, since each has its own neighbour on the same physical core:
 * two programs that are to be compared run on the same one.
 *
 * Needs    `taskset` of util-linux, and /proc; elsewhere the system puts each process where it likes.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const taskset = ['/usr/bin/taskset', '/bin/taskset'].find(existsSync);

/** The words in front of a command that keep it on a CPU; none where that cannot be. */
export function onCpu(cpu: number | undefined): readonly string[] {
  return cpu === undefined || !taskset ? [] : [taskset, '-c', `${cpu}`];
}

let found: readonly number[] | null = null;

/** The CPUs that a process here can be kept on; empty where it cannot, or where there is no choice. */
export function cpus(): readonly number[] {
  found ??= choice();
  return found;
}

function choice(): readonly number[] {
  const allowed = taskset ? allowedCpus() : [];
  if (allowed.length < 2) return [];
  const [command, ...args] = [...onCpu(allowed[0]), process.execPath, '--version'];
  return spawnSync(command, args, { stdio: 'ignore', env: {} }).status === 0 ? allowed : [];
}

/** The CPUs of this process's affinity mask, of `Cpus_allowed_list: 0-2,5`; empty where the system does not tell. */
export function allowedCpus(): number[] {
  try {
    const [, list] = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    return (list?.split(',') ?? []).flatMap((part) => {
      const [first, last = first] = part.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, i) => first + i);
    });
  } catch {
    return [];
  }
}
