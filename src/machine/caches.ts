/** The data caches of this machine: from /sys on Linux, elsewhere from the sizes at which bandwidth falls as the working set grows. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { attempt } from '../contract/attempt.ts';
import type { CacheBytes } from '../contract/candidate.ts';

export interface Cache {
  /** `L1`, `L2`, ... from the core outwards. */
  readonly level: string;
  readonly bytes: number;
  /** Whether each core has its own. */
  readonly private: boolean;
}

/** Smallest first; empty where the system does not list them. */
export function caches(folder = '/sys/devices/system/cpu/cpu0/cache'): Cache[] {
  const list = () =>
    readdirSync(folder)
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
  return attempt(list, []);
}

/** `32K`, `1024K`, `32M`; 0 for anything else. */
function bytesOf(size: string): number {
  const [, digits, unit] = /^(\d+)([KM]?)$/.exec(size) ?? [];
  return Number(digits ?? 0) * (unit === 'M' ? 2 ** 20 : unit === 'K' ? 2 ** 10 : 1);
}

/** The sizes for generators; usual ones where the system does not list them. */
export function cacheBytes(found = caches()): CacheBytes {
  const of = (level: string, usual: number) => found.find((cache) => cache.level === level)?.bytes ?? usual;
  return { L1: of('L1', 2 ** 15), L2: of('L2', 2 ** 19), L3: of('L3', 2 ** 23) };
}

/** A rate below this share of its level's best belongs to the next level. */
const fall = 0.75;

/**
 * Caches from the rates (GB/s) of one core over working sets that double: a level ends with the last size before a fall, and memory
 * begins after the last fall. A sweep does not show whether a cache is shared: the first two are taken as private.
 */
export function cachesFromSweep(points: readonly { readonly bytes: number; readonly gbPerSecond: number }[]): Cache[] {
  const found: Cache[] = [];
  let best = 0;
  for (const [i, { gbPerSecond }] of points.entries()) {
    // It takes two sizes in a row, so that one disturbed point does not end a level.
    const fell = gbPerSecond < fall * best && (points[i + 1]?.gbPerSecond ?? 0) < fall * best;
    if (fell) found.push({ level: `L${found.length + 1}`, bytes: points[i - 1].bytes, private: found.length < 2 });
    best = fell ? gbPerSecond : Math.max(best, gbPerSecond);
  }
  return found;
}
