/**
 * The roofline: no call is faster than its work at the compute peak, nor than its bytes at the bandwidth of the level that its working
 * set fits.
 *
 *   timeNs >= max(flop / peak, bytes / bandwidth)
 *
 * Peak and bandwidth are those of the width that the candidate's flags give it, and of its threads. Between one thread and all of
 * them, where nothing is measured, n threads count as n times as fast as one: too high rather than too low.
 * Source   Williams, Waterman and Patterson 2009.
 */
import { revectorize } from '../contract/candidate.ts';
import { type AnyOp, bytesMoved, lengthOf, type TensorSpec } from '../contract/op.ts';
import { counted } from '../contract/words.ts';
import type { Ceilings } from './ceilings.ts';

/** The work of one call. */
interface Work {
  readonly flop: number;
  /** Minimum of bytes moved, reads and writes. */
  readonly bytes: number;
  /** Bytes of all tensors, each once. */
  readonly workingSet: number;
  /** Bytes of the tensors that are written in full. */
  readonly written: number;
}

export function workOf(op: AnyOp, dims: Readonly<Record<string, number>>): Work {
  const tensors = Object.values<TensorSpec>(op.tensors);
  const bytesOf = (some: readonly TensorSpec[]) => some.reduce((sum, spec) => sum + 4 * lengthOf(spec, dims), 0);
  const written = bytesOf(tensors.filter(({ role }) => role === 'out'));
  return { flop: op.flop(dims), bytes: bytesMoved(op, dims), workingSet: bytesOf(tensors), written };
}

interface Resources {
  readonly threads: number;
  readonly flags: readonly string[];
  /** Whether it is native code, which has its registers' full width without a flag. */
  readonly native?: boolean;
}

export interface Roof {
  readonly bound: 'compute' | 'memory';
  /** `256-bit FMA, 2 threads` or `L2 bandwidth, 2 threads`. */
  readonly name: string;
  readonly value: number;
  readonly unit: 'Gflop/s' | 'GB/s';
  /** The minimum time of a call. */
  readonly timeNs: number;
}

/** The width in bits that V8 gives to a candidate with these flags. */
function bitsOf({ fma, revectorized }: Ceilings, { flags, native = false }: Resources): 128 | 256 {
  const wide = native || (flags.includes(revectorize) && revectorized !== null && revectorized > 1);
  return wide && fma.some(({ bits }) => bits === 256) ? 256 : 128;
}

/** The best rate at a number of threads; where none is measured, from the best of one thread. */
function rateAt<T extends { threads: number }>(measured: readonly T[], threads: number, rateOf: (one: T) => number) {
  const at = (count: number) => measured.filter((one) => one.threads === count).map(rateOf);
  const exact = at(threads);
  return exact.length > 0 ? Math.max(...exact) : threads * Math.max(0, ...at(1));
}

/** Gflop/s. */
export function computePeak(ceilings: Ceilings, has: Resources): number {
  const bits = bitsOf(ceilings, has);
  const measured = ceilings.fma.filter((one) => one.bits === bits);
  return rateAt(measured, has.threads, ({ gflops }) => gflops);
}

/** The level that a working set fits if the threads share it out. */
export function levelOf({ caches }: Ceilings, workingSet: number, threads: number): string {
  const fits = caches.find((cache) => workingSet <= cache.bytes * (cache.private ? threads : 1));
  return fits?.level ?? 'memory';
}

/** GB/s: the best of reading, writing and copying, since it serves as a bound. */
function bandwidthPeak(ceilings: Ceilings, level: string, has: Resources): number {
  const bits = bitsOf(ceilings, has);
  const measured = ceilings.bandwidth.filter((one) => one.level === level && one.bits === bits);
  return rateAt(measured, has.threads, ({ read, write, copy }) => Math.max(read, write, copy));
}

/** The bound that holds for this work, and the time that it leaves. */
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
  const writing = rateAt(ceilings.bandwidth, threads, ({ write }) => write);
  return Math.max(flop / computePeak(ceilings, { threads, flags: [revectorize] }), written / writing);
}
