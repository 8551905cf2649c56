/**
 * The number of cores that this process may use, which is the default number of threads of a candidate: the cores in the affinity mask,
 * and no more than a container's quota of CPU time pays for.
 *
 * SMT siblings, two CPUs of one core, count once: they share the core's multipliers, so that a second thread adds little to a kernel that
 * keeps them busy, and its spinning takes slots from the first. --threads can still ask for any number.
 * A quota is rounded down: Linux stops threads beyond it for the rest of each period of 100 ms, in the middle of a call.
 *
 * Source   Linux: Documentation/admin-guide/cgroup-v2.rst, "cpu.max"; scheduler/sched-bwc.rst; cputopology.rst.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { allowedCpus, siblingsOf } from '../cell/cpu.ts';
import { attempt } from '../contract/attempt.ts';

export interface Cpus {
  /** CPUs in the affinity mask. */
  readonly cpus: number;
  /** Their cores; where the system does not list siblings, each CPU counts as a core. */
  readonly cores: number;
  /** CPU time over wall time that a control group allows; null without a limit. */
  readonly quota: number | null;
}

/** A test gives a `root` with files of its own. */
export function cpusHere(root = '/', allowed: readonly number[] = allowedCpus()): Cpus {
  const cpus = allowed.length || availableParallelism();
  const siblings = allowed.map((cpu) => siblingsOf(cpu, root));
  const cores = siblings.length === 0 || siblings.includes('') ? cpus : new Set(siblings).size;
  return { cpus, cores, quota: quotaOf(root) };
}

/** The threads that a candidate gets unless --threads says otherwise. */
export function usableCores({ cores, quota }: Cpus = cpusHere()): number {
  return Math.max(1, Math.min(cores, Math.floor(quota ?? cores)));
}

const [v1Files, v2Files] = [['cpu.cfs_quota_us', 'cpu.cfs_period_us'], ['cpu.max']];
const v1 = { mounts: ['sys/fs/cgroup/cpu', 'sys/fs/cgroup/cpu,cpuacct'], files: v1Files };
const v2 = { mounts: ['sys/fs/cgroup', 'sys/fs/cgroup/unified'], files: v2Files };

/** The smallest quota among this process's control groups, from its own up to the root, as far as they are visible. */
function quotaOf(root: string): number | null {
  const quotas = read(root, 'proc/self/cgroup')
    .split('\n')
    .flatMap((line) => {
      const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
      if (path === undefined || !['', 'cpu'].some((name) => controllers.split(',').includes(name))) return [];
      const { mounts, files } = controllers === '' ? v2 : v1;
      const folders = mounts.flatMap((mount) => upwards(path).map((group) => join(mount, group)));
      return folders.map((folder) => ratio(files.map((file) => read(root, join(folder, file))).join(' ')));
    })
    .filter((quota) => quota !== null);
  return quotas.length === 0 ? null : Math.min(...quotas);
}

/** `150000 100000` is 1.5. `max 100000` and `-1 100000` are no limit. */
function ratio(quotaAndPeriod: string): number | null {
  const [quota, period] = quotaAndPeriod.split(' ').map(Number);
  return quota > 0 && period > 0 ? quota / period : null;
}

/** `/a/b`, `/a`, `/`: a container may not have the host's names, and sees its own group as the root. */
function upwards(path: string): string[] {
  const parent = dirname(path);
  return parent === path || parent === '.' ? ['/'] : [path, ...upwards(parent)];
}

const read = (root: string, file: string) => attempt(() => readFileSync(join(root, file), 'utf8').trim(), '');
