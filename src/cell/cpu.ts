/**
 * Keeps processes on one CPU. The CPUs of a machine differ from moment to moment, since each shares its core with another neighbour, so
 * programs that are compared run on the same one.
 *
 * Needs    `taskset` of util-linux, and /proc; elsewhere the system chooses a CPU for each process.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { attempt } from '../contract/attempt.ts';

const taskset = ['/usr/bin/taskset', '/bin/taskset'].find(existsSync);

/** The words in front of a command that keep it on a CPU; none without `taskset`. */
export function onCpu(cpu: number | undefined): readonly string[] {
  return cpu === undefined || !taskset ? [] : [taskset, '-c', `${cpu}`];
}

let found: readonly number[] | null = null;

/** The CPUs that a process can be kept on; empty where that is impossible or there is only one. */
export function cpus(): readonly number[] {
  found ??= findCpus();
  return found;
}

function findCpus(): readonly number[] {
  const allowed = taskset ? allowedCpus() : [];
  if (allowed.length < 2) return [];
  const [command, ...args] = [...onCpu(allowed[0]), process.execPath, '--version'];
  return spawnSync(command, args, { stdio: 'ignore', env: {} }).status === 0 ? allowed : [];
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
