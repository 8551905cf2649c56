/** How many threads a candidate gets where nobody says, and that as many as anybody asks for start and compute the same. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type Cpus, cpusHere, usableCores } from '../src/machine/cpus.ts';
import { workingThreads } from '../src/machine/threads.ts';
import { verdictsAt } from './support/threads.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-cpus-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let machines = 0;

/** What a machine with these files says of itself. */
function machineWith(files: Readonly<Record<string, string>>, allowed: readonly number[]): Cpus & { usable: number } {
  const root = join(folder, `${machines++}`);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), `${text}\n`);
  }
  const found = cpusHere(root, allowed);
  return { ...found, usable: usableCores(found) };
}

const siblings = (lists: readonly string[]) =>
  Object.fromEntries(
    lists.map((list, cpu) => [`sys/devices/system/cpu/cpu${cpu}/topology/thread_siblings_list`, list]),
  );
const pairs = siblings(['0,4', '1,5', '2,6', '3,7', '0,4', '1,5', '2,6', '3,7']);
const eight = [0, 1, 2, 3, 4, 5, 6, 7];

describe('one thread for each core', () => {
  test('where each CPU is a core', () => {
    const found = machineWith(siblings(eight.map(String)), eight);
    expect(found).toEqual({ cpus: 8, cores: 8, quota: null, usable: 8 });
  });

  test('siblings count once', () => {
    expect(machineWith(pairs, eight)).toEqual({ cpus: 8, cores: 4, quota: null, usable: 4 });
  });

  test('of the affinity mask alone', () => {
    expect(machineWith(pairs, [0, 4])).toMatchObject({ cpus: 2, cores: 1, usable: 1 });
    expect(machineWith(pairs, [1, 2, 3])).toMatchObject({ cpus: 3, cores: 3, usable: 3 });
  });

  test('where the system tells no siblings, each CPU', () => {
    expect(machineWith({}, eight)).toMatchObject({ cpus: 8, cores: 8, usable: 8 });
    expect(machineWith({}, []).cpus).toBeGreaterThanOrEqual(1);
  });
});

describe('no more threads than a quota of CPU time pays for', () => {
  const v2 = (max: string, group = '/', at = 'sys/fs/cgroup') => ({
    'proc/self/cgroup': `0::${group}`,
    [join(at, group, 'cpu.max')]: max,
  });
  const quota = (files: Readonly<Record<string, string>>) => {
    const found = machineWith(files, eight);
    return [found.quota, found.usable];
  };

  test('cgroup v2, in whole threads and at least one', () => {
    expect(quota(v2('max 100000'))).toEqual([null, 8]);
    expect(quota(v2('300000 100000'))).toEqual([3, 3]);
    expect(quota(v2('250000 100000'))).toEqual([2.5, 2]);
    expect(quota(v2('50000 100000'))).toEqual([0.5, 1]);
    expect(quota(v2('3200000 100000'))).toEqual([32, 8]);
  });

  test('that of the groups above counts as well, the least of them', () => {
    const files = { ...v2('600000 100000', '/work/build'), 'sys/fs/cgroup/work/cpu.max': '200000 100000' };
    expect(quota(files)).toEqual([2, 2]);
  });

  test('in a container, whose own group is the root that it sees', () => {
    const files = { 'proc/self/cgroup': '0::/outside/docker/abc', 'sys/fs/cgroup/cpu.max': '400000 100000' };
    expect(quota(files)).toEqual([4, 4]);
  });

  test('cgroup v1, by itself and beside v2', () => {
    const v1 = (us: string) => ({
      'proc/self/cgroup': '3:cpu,cpuacct:/jobs\n0::/',
      'sys/fs/cgroup/cpu/jobs/cpu.cfs_quota_us': us,
      'sys/fs/cgroup/cpu/jobs/cpu.cfs_period_us': '100000',
    });
    expect(quota(v1('500000'))).toEqual([5, 5]);
    expect(quota(v1('-1'))).toEqual([null, 8]);
  });

  test('what cannot be read is no quota', () => {
    expect(quota(v2('nonsense'))).toEqual([null, 8]);
    expect(quota({ 'proc/self/cgroup': 'nonsense' })).toEqual([null, 8]);
  });
});

describe('more threads than CPUs', () => {
  test('start, and each of them runs', async () => {
    expect(await workingThreads(16)).toEqual({ threads: 16, reason: null });
  });

  test('a training step on 8 threads is right', async () => {
    expect(await verdictsAt(8, ['train_gpt2'])).toEqual({ 'train_gpt2/fused-6x8-wasmrelaxedsimd': 'pass' });
  });
});
