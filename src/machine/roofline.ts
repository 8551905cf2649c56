/**
 * The roofline: no call is faster than its work at the compute peak, nor than its bytes at the bandwidth of the level that its working
 * set fits.
 *
 *   timeNs >= max(flop / peak, bytes / bandwidth)
 *
 * Peak and bandwidth are those of the width that the candidate's flags give it, and of its threads. One thread and all of them were
 * measured; for n in between, n times the rate of one thread counts, which is too high rather than too low.
 * Source   Williams, Waterman and Patterson 2009.
 */
import { revectorize } from '../contract/candidate.ts';
import { type AnyOp, bytesMoved, lengthOf, type TensorSpec } from '../contract/op.ts';
import { counted } from '../contract/words.ts';
import type { Ceilings as Measured } from './ceilings.ts';

/** What a record holds of them is enough. */
type Ceilings = Pick<Measured, 'caches' | 'revectorized' | 'fma' | 'bandwidth'>;

/** The work of one call. */
interface Work {
  readonly flop: number;
  /** Minimum of bytes read and written. */
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
  /** Native code has the registers' full width without a flag. */
  readonly native?: boolean;
}

export interface Roof {
  readonly bound: 'compute' | 'memory';
  /** `256-bit FMA, 2 threads` or `256-bit L2 bandwidth, 2 threads`. */
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

/** The best rate at a number of threads; if it was not measured, that of one thread times their number. */
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

/** A rate that nothing with these resources exceeds: that of a level's bandwidth, the best of reading, writing and copying, or the compute peak. */
export function ceilingOf(ceilings: Ceilings, has: Resources, level: string | null): Omit<Roof, 'timeNs'> {
  const bits = bitsOf(ceilings, has);
  const threads = counted(has.threads, 'thread');
  if (level === null)
    return {
      bound: 'compute',
      name: `${bits}-bit FMA, ${threads}`,
      value: computePeak(ceilings, has),
      unit: 'Gflop/s',
    };
  const measured = ceilings.bandwidth.filter((one) => one.level === level && one.bits === bits);
  const value = rateAt(measured, has.threads, ({ read, write, copy }) => Math.max(read, write, copy));
  return { bound: 'memory', name: `${bits}-bit ${level} bandwidth, ${threads}`, value, unit: 'GB/s' };
}

/** The bound that holds for this work, and the time that it leaves. */
export function roof(ceilings: Ceilings, { flop, bytes, workingSet }: Omit<Work, 'written'>, has: Resources): Roof {
  const compute = ceilingOf(ceilings, has, null);
  const memory = ceilingOf(ceilings, has, levelOf(ceilings, workingSet, has.threads));
  const [computeNs, memoryNs] = [flop / compute.value, bytes / memory.value];
  return computeNs >= memoryNs ? { ...compute, timeNs: computeNs } : { ...memory, timeNs: memoryNs };
}

/**
 * The minimum time of this work here, in nanoseconds, at any register width: the flop at the widest compute peak of these threads, and the
 * outputs, which hold poison before, at the best rate of writing at any level. Reading does not count: an op may touch fewer bytes than its
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
