/**
 * The roofline: no call is faster than its work at the compute peak, nor than its bytes at the bandwidth of the level that its
 * working set fits.
 *
 *   timeNs >= max(flop / peak, bytes / bandwidth)
 *
 * Peak and bandwidth are those of the width that the candidate's flags give it, and of its threads. Between one thread and all of
 * them, where nothing is measured, n threads are n times as fast as one: too high rather than too low.
 * Source   Williams, Waterman and Patterson 2009.
 */
import { revectorize } from '../contract/candidate.ts';
import { type AnyOp, bytesMoved, lengthOf, type TensorSpec } from '../contract/op.ts';
import { counted } from '../contract/words.ts';
import type { Ceilings } from './ceilings.ts';

export interface Work {
  readonly flop: number;
  /** Moved at the least, reads and writes. */
  readonly bytes: number;
  /** Of all tensors, each once. */
  readonly workingSet: number;
  /** Of the tensors that are written in full. */
  readonly written: number;
}

/** Of one call. */
export function workOf(op: AnyOp, dims: Readonly<Record<string, number>>): Work {
  const tensors = Object.values<TensorSpec>(op.tensors);
  const bytesOf = (some: readonly TensorSpec[]) => some.reduce((sum, spec) => sum + 4 * lengthOf(spec, dims), 0);
  const written = bytesOf(tensors.filter(({ role }) => role === 'out'));
  return { flop: op.flop(dims), bytes: bytesMoved(op, dims), workingSet: bytesOf(tensors), written };
}

export interface Resources {
  readonly threads: number;
  readonly flags: readonly string[];
  /** Native code, which has its registers' full width without asking V8. */
  readonly native?: boolean;
}

export interface Roof {
  readonly bound: 'compute' | 'memory';
  /** `256-bit FMA, 2 threads` or `L2 bandwidth, 2 threads`. */
  readonly name: string;
  readonly value: number;
  readonly unit: 'Gflop/s' | 'GB/s';
  /** The least that a call can take. */
  readonly timeNs: number;
}

/** The width in bits that V8 gives to a candidate with these flags. */
export function bitsOf({ fma, revectorized }: Ceilings, { flags, native = false }: Resources): 128 | 256 {
  const wide = native || (flags.includes(revectorize) && revectorized !== null && revectorized > 1);
  return wide && fma.some(({ bits }) => bits === 256) ? 256 : 128;
}

/** A rate at a number of threads, from those of one and of all. */
function scaled(rates: readonly { threads: number; rate: number }[], threads: number): number {
  const exact = rates.find((r) => r.threads === threads);
  const one = rates.find((r) => r.threads === 1)?.rate ?? 0;
  return exact?.rate ?? one * threads;
}

/** Gflop/s. */
export function computePeak(ceilings: Ceilings, has: Resources): number {
  const bits = bitsOf(ceilings, has);
  const rates = ceilings.fma.filter((f) => f.bits === bits).map(({ threads, gflops }) => ({ threads, rate: gflops }));
  return scaled(rates, has.threads);
}

/** The level that a working set fits when the threads share it out. */
export function levelOf({ caches }: Ceilings, workingSet: number, threads: number): string {
  const fits = caches.find((cache) => workingSet <= cache.bytes * (cache.private ? threads : 1));
  return fits?.level ?? 'memory';
}

/** GB/s: the best of reading, writing and copying, as a bound must be. */
function bandwidthPeak(ceilings: Ceilings, level: string, has: Resources): number {
  const bits = bitsOf(ceilings, has);
  const rates = ceilings.bandwidth
    .filter((b) => b.level === level && b.bits === bits)
    .map(({ threads, read, write, copy }) => ({ threads, rate: Math.max(read, write, copy) }));
  return scaled(rates, has.threads);
}

/** Which of the two bounds holds at these dims, and how much time it leaves. */
export function roof(ceilings: Ceilings, { flop, bytes, workingSet }: Omit<Work, 'written'>, has: Resources): Roof {
  const peak = computePeak(ceilings, has);
  const level = levelOf(ceilings, workingSet, has.threads);
  const bandwidth = bandwidthPeak(ceilings, level, has);
  const computeNs = flop / peak;
  const memoryNs = bytes / bandwidth;
  const threads = counted(has.threads, 'thread');
  if (computeNs >= memoryNs) {
    const name = `${bitsOf(ceilings, has)}-bit FMA, ${threads}`;
    return { bound: 'compute', name, value: peak, unit: 'Gflop/s', timeNs: computeNs };
  }
  return { bound: 'memory', name: `${level} bandwidth, ${threads}`, value: bandwidth, unit: 'GB/s', timeNs: memoryNs };
}

/**
 * Minimum time of this work on this machine, in nanoseconds, at any register width: the flop at the widest compute peak of these threads, and
 * the outputs, which hold poison before, at the best rate of writing at any level. Reading is left out: an op may touch fewer bytes than its
 * tensors have.
 */
export function floorNs(
  ceilings: Ceilings,
  { flop, written }: Pick<Work, 'flop' | 'written'>,
  threads: number,
): number {
  const writing = scaled(
    ratesOf(ceilings.bandwidth, ({ write }) => write),
    threads,
  );
  return Math.max(flop / computePeak(ceilings, { threads, flags: [revectorize] }), written / writing);
}

/** The best rate at each number of threads. */
function ratesOf(measured: Ceilings['bandwidth'], rateOf: (one: Ceilings['bandwidth'][number]) => number) {
  const counts = new Set(measured.map(({ threads }) => threads));
  return [...counts].map((threads) => ({
    threads,
    rate: Math.max(...measured.filter((one) => one.threads === threads).map(rateOf)),
  }));
}
