/** The data caches of this machine: from /sys on Linux, else from where the bandwidth of a growing working set falls. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CacheBytes } from '../contract/candidate.ts';

export interface Cache {
  /** `L1`, `L2`, ... from the core outwards. */
  readonly level: string;
  readonly bytes: number;
  /** Whether each core has one of its own. */
  readonly private: boolean;
}

const sysFolder = '/sys/devices/system/cpu/cpu0/cache';

/** Empty where the system does not tell. */
export function caches(folder = sysFolder): Cache[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^index\d+$/.test(name))
      .map((name) => (entry: string) => readFileSync(join(folder, name, entry), 'utf8').trim())
      .filter((read) => read('type') !== 'Instruction')
      .map((read) => ({
        level: `L${Number(read('level'))}`,
        bytes: bytesOf(read('size')),
        private: !/[-,]/.test(read('shared_cpu_list')),
      }))
      .filter(({ bytes }) => bytes > 0)
      .sort((a, b) => a.bytes - b.bytes);
  } catch {
    return [];
  }
}

/** `32K`, `1024K`, `32M`; 0 for anything else. */
function bytesOf(size: string): number {
  const [, digits, unit] = /^(\d+)([KM]?)$/.exec(size) ?? [];
  return Number(digits ?? 0) * (unit === 'M' ? 2 ** 20 : unit === 'K' ? 2 ** 10 : 1);
}

/** What a generator sizes its blocks by. */
export function cacheBytes(found = caches()): CacheBytes {
  const of = (level: string, usual: number) => found.find((cache) => cache.level === level)?.bytes ?? usual;
  return { L1: of('L1', 2 ** 15), L2: of('L2', 2 ** 19), L3: of('L3', 2 ** 23) };
}

export interface SweepPoint {
  readonly bytes: number;
  readonly gbPerSecond: number;
}

/** A rate below this share of its level's best belongs to the next level. */
const fall = 0.75;

/**
 * Caches from the rates of one core over working sets that double: a level ends with the last size before a fall, and what
 * comes after the last fall is memory. Whether a cache is shared does not show in it: the first two are taken as private.
 */
export function cachesFromSweep(points: readonly SweepPoint[]): Cache[] {
  const found: Cache[] = [];
  let best = 0;
  for (const [i, { gbPerSecond }] of points.entries()) {
    // Two sizes in a row, so that one disturbed point makes no level.
    const fell = gbPerSecond < fall * best && (points[i + 1]?.gbPerSecond ?? 0) < fall * best;
    if (fell) found.push({ level: `L${found.length + 1}`, bytes: points[i - 1].bytes, private: found.length < 2 });
    best = fell ? gbPerSecond : Math.max(best, gbPerSecond);
  }
  return found;
}
