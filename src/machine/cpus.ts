/**
 * How many cores this process may use, and so how many threads a candidate gets where nobody says: one for each core that the affinity
 * mask allows, and no more than a container's quota of CPU time pays for.
 *
 * SMT siblings, two CPUs of one core, count once: they share the core's multipliers, so that a second thread on it adds little to a kernel
 * that keeps them busy, and its spinning takes slots from the first. --threads still asks for as many as one likes.
 * A quota is rounded down: threads beyond it are stopped for the rest of each period of 100 ms, in the middle of a call.
 *
 * Source   Linux: Documentation/admin-guide/cgroup-v2.rst, "cpu.max"; scheduler/sched-bwc.rst; cputopology.rst.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { allowedCpus } from '../cell/cpu.ts';

export interface Cpus {
  /** That the affinity mask allows, siblings counted each. */
  readonly cpus: number;
  /** Distinct cores among them; as many as CPUs where the system does not tell. */
  readonly cores: number;
  /** CPU time per time that a control group allows; null where none limits it. */
  readonly quota: number | null;
}

/** `root` is the root of the file system, in a test another one. */
export function cpusHere(root = '/', allowed: readonly number[] = allowedCpus()): Cpus {
  const cpus = allowed.length || availableParallelism();
  const siblings = allowed.map((cpu) => read(root, `sys/devices/system/cpu/cpu${cpu}/topology/thread_siblings_list`));
  const cores = siblings.length === 0 || siblings.includes(null) ? cpus : new Set(siblings).size;
  return { cpus, cores, quota: quotaOf(root) };
}

/** The threads that a candidate gets unless --threads says otherwise. */
export function usableCores({ cores, quota }: Cpus = cpusHere()): number {
  return Math.max(1, Math.min(cores, Math.floor(quota ?? cores)));
}

const v2 = ['sys/fs/cgroup', 'sys/fs/cgroup/unified'];
const v1 = ['sys/fs/cgroup/cpu', 'sys/fs/cgroup/cpu,cpuacct'];

/** The least quota of the control groups that this process is in, from its own up to the root, as far as they can be seen. */
function quotaOf(root: string): number | null {
  const groups = (read(root, 'proc/self/cgroup') ?? '').split('\n').flatMap((line) => {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (path === undefined) return [];
    if (controllers === '') return v2.map((mount) => ({ mount, path, of: quotaV2 }));
    return controllers.split(',').includes('cpu') ? v1.map((mount) => ({ mount, path, of: quotaV1 })) : [];
  });
  const quotas = groups.flatMap(({ mount, path, of }) =>
    upwards(path).flatMap((group) => of((file) => read(root, join(mount, group, file))) ?? []),
  );
  return quotas.length === 0 ? null : Math.min(...quotas);
}

type Reader = (file: string) => string | null;

/** `150000 100000`, or `max 100000`. */
function quotaV2(file: Reader): number | null {
  return ratio(...((file('cpu.max') ?? '').split(' ') as [string, string]));
}

/** -1 is none. */
function quotaV1(file: Reader): number | null {
  return ratio(file('cpu.cfs_quota_us') ?? '', file('cpu.cfs_period_us') ?? '');
}

function ratio(quota: string, period: string): number | null {
  const value = Number(quota) / Number(period);
  return value > 0 && Number.isFinite(value) ? value : null;
}

/** `/a/b`, `/a`, `/`: in a container the names of the outside may not exist, and its own group is the root. */
function upwards(path: string): string[] {
  const parent = dirname(path);
  return parent === path || parent === '.' ? ['/'] : [path, ...upwards(parent)];
}

function read(root: string, file: string): string | null {
  try {
    return readFileSync(join(root, file), 'utf8').trim();
  } catch {
    return null;
  }
}
