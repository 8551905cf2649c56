/**
 * Measures the ceilings of this machine in cells like those of candidates, stock and revectorized: arithmetic from registers,
 * and bandwidth by level, on one thread and on all. Sweep after sweep takes every point once and keeps the best rate, so
 * that a disturbance must last for all of them to be seen.
 */

import { median } from 'simple-statistics';
import { Cell } from '../cell/cell.ts';
import type { Opening } from '../cell/protocol.ts';
import { compile } from '../compiler/compile.ts';
import { revectorize } from '../contract/candidate.ts';
import { CandidateError } from '../contract/errors.ts';
import type { OnProgress } from '../contract/progress.ts';
import { type Cache, caches, cachesFromSweep } from './caches.ts';
import { type Bandwidth, type Ceilings, consistent, loadCeilings, saveCeilings } from './ceilings.ts';
import { acceptsFlag } from './features.ts';
import { machine, runtime } from './fingerprint.ts';
import { type Kind, kinds, probe, sumBytes, turnBytes, turnFlop } from './probe.ts';

/** Work of one call of one thread: about a millisecond, so that starting it does not count. */
const callFlop = 1e8;
const callBytes = 1e8;
const callsEach = 3;
/** Beyond the last cache by this factor, but no more than an arena likes. */
const beyondCaches = 4;
const [leastMemory, mostMemory] = [64 * 2 ** 20, 256 * 2 ** 20];
/** Bytes in front of the data, for the words that say what to do. */
const dataOffset = 4096;

interface Point {
  readonly kind: Kind;
  readonly threads: number;
  /** Of each thread. */
  readonly bytes: number;
  readonly turns: number;
  /** Flop or bytes of a call. */
  readonly work: number;
}

/** A cell with the probe in it, and room for so many bytes. */
class Probe {
  readonly bits: 128 | 256;
  readonly #cell: Cell;

  constructor(bits: 128 | 256) {
    this.bits = bits;
    this.#cell = new Cell({ flags: bits === 256 ? [revectorize] : [] });
  }

  async open(bytes: Uint8Array, threads: number, dataBytes: number): Promise<void> {
    const opening: Opening = {
      artifact: { kind: 'wasm', bytes },
      op: 'probe',
      dims: {},
      scalars: {},
      slots: [
        { name: 'control', dtype: 'i32', offset: 0, length: 4 },
        { name: 'data', dtype: 'f32', offset: dataOffset, length: dataBytes / 4 },
      ],
      bytes: dataOffset + dataBytes,
      threads,
    };
    await this.#cell.open(opening);
    // Small numbers to sum: the noise that fills an arena has denormal ones in it, which cost more than they should.
    const small = new Uint8Array(new Float32Array((threads * sumBytes) / 4).fill(1e-3).buffer);
    this.#small = { offset: dataOffset, bytes: small };
  }
  #small = { offset: dataOffset, bytes: new Uint8Array() };

  /** The best of some calls: Gflop/s or GB/s. */
  async rate(point: Point): Promise<number> {
    return Math.max(...(await this.rates(point)));
  }

  async rates({ kind, threads, bytes, turns, work }: Point): Promise<number[]> {
    const control = Int32Array.of(kinds.indexOf(kind), threads, bytes, turns);
    const writes = [this.#small, { offset: 0, bytes: new Uint8Array(control.buffer) }];
    const calls = Array.from({ length: callsEach }, () => ({ writes, reads: [] }));
    const { timeNs } = await this.#cell.sample({ calls, warmup: { writes, calls: 1, ms: 2 } });
    return timeNs.map((ns) => work / ns);
  }

  close(): void {
    this.#cell.close();
  }
}

function fmaPoint(kind: 'fma128' | 'fma256', threads: number): Point {
  const turns = Math.ceil(callFlop / turnFlop[kind]);
  return { kind, threads, bytes: sumBytes, turns, work: turns * turnFlop[kind] * threads };
}

function streamPoint(kind: 'read' | 'write' | 'copy', threads: number, totalBytes: number): Point {
  const unit = 2 * turnBytes;
  const bytes = Math.max(unit, Math.floor(totalBytes / threads / unit) * unit);
  const turns = Math.max(1, Math.round(callBytes / bytes));
  return { kind, threads, bytes, turns, work: turns * bytes * threads };
}

/** The best rate of each point over the sweeps so far. */
class Best {
  readonly #rates = new Map<Point, number>();
  async take(probe: Probe, point: Point): Promise<void> {
    this.#rates.set(point, Math.max(this.of(point), await probe.rate(point)));
  }
  of(point: Point): number {
    return this.#rates.get(point) ?? 0;
  }
}

function probeModule(): Promise<Uint8Array> {
  return compile({ type: 'wat', text: probe() });
}

export interface PeakOptions {
  readonly sweeps: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

/** Gflop/s and GB/s. Throws CandidateError or CandidateError if it was aborted or the probe does not run here. */
export async function measureCeilings({ sweeps, signal, onProgress }: PeakOptions): Promise<Ceilings> {
  const [measuredAt, began] = [new Date().toISOString(), performance.now()];
  const here = machine();
  const bytes = await probeModule();
  const told = caches();
  const probes = widths().map((bits) => new Probe(bits));
  const stop = () => {
    for (const one of probes) one.close();
  };
  signal?.addEventListener('abort', stop);
  try {
    signal?.throwIfAborted();
    onProgress?.({ op: 'peak', stage: 'opening' });
    const most = Math.min(mostMemory, Math.max(leastMemory, beyondCaches * (told.at(-1)?.bytes ?? mostMemory)));
    for (const one of probes) await one.open(bytes, here.cores, most);
    const found = told.length > 0 ? told : cachesFromSweep(await sweep(probes[0], most));
    const threads = here.cores > 1 ? [1, here.cores] : [1];
    const levels = levelsOf(found, most);
    const plans = probes.map((probe) => ({
      probe,
      fma: threads.map((n) => fmaPoint(`fma${probe.bits}`, n)),
      streams: levels.flatMap(({ level, bytesFor }) =>
        threads.map((n) => {
          const at = (kind: 'read' | 'write' | 'copy') => streamPoint(kind, n, bytesFor(n));
          return { level, read: at('read'), write: at('write'), copy: at('copy') };
        }),
      ),
    }));
    const best = new Best();
    for (let turn = 0; turn < sweeps; turn++) {
      onProgress?.({ op: 'peak', stage: `sweep ${turn + 1} of ${sweeps}` });
      for (const { probe, fma, streams } of plans) {
        const points = [...fma, ...streams.flatMap(({ read, write, copy }) => [read, write, copy])];
        for (const point of points) await best.take(probe, point);
      }
    }
    const rates = plans.flatMap(({ probe: { bits }, fma }) =>
      fma.map((point) => ({ bits, threads: point.threads, gflops: best.of(point) })),
    );
    const one = (bits: number) => rates.find((r) => r.bits === bits && r.threads === 1)?.gflops ?? null;
    const wide = one(256);
    return {
      schema: 'nfold/ceilings@1',
      measuredAt,
      sweeps,
      seconds: (performance.now() - began) / 1000,
      cpu: here.cpu,
      cores: here.cores,
      node: runtime().node,
      v8: runtime().v8,
      caches: found,
      cachesFrom: told.length > 0 ? 'system' : 'sweep',
      revectorized: wide === null ? null : wide / (one(128) as number),
      fma: rates,
      bandwidth: plans.flatMap(({ probe: { bits }, streams }) =>
        streams.map(({ level, read, write, copy }): Bandwidth => {
          const { threads, bytes } = read;
          const found = { read: best.of(read), write: best.of(write), copy: best.of(copy) };
          return { level, bits, threads, bytes: bytes * threads, ...found };
        }),
      ),
    };
  } finally {
    signal?.removeEventListener('abort', stop);
    stop();
  }
}

/** Sweeps where nobody asked for a measurement of ceilings by itself: about two seconds on two cores. */
const shortSweeps = 2;

/** Those that are kept for this machine, or those of a short measurement; null if that was interrupted, failed or disturbed. */
export async function ceilingsHere(options: Omit<PeakOptions, 'sweeps'>): Promise<Ceilings | null> {
  const kept = loadCeilings();
  if (kept) return kept;
  const ceilings = await ceilingsNow({ ...options, sweeps: shortSweeps });
  if (ceilings) saveCeilings(ceilings);
  return ceilings;
}

/** Measured now; null if that was interrupted, failed or disturbed: a busy machine has none to give. */
export async function ceilingsNow(options: PeakOptions): Promise<Ceilings | null> {
  try {
    const ceilings = await measureCeilings(options);
    return consistent(ceilings) ? ceilings : null;
  } catch (error) {
    if (options.signal?.aborted || error instanceof CandidateError) return null;
    throw error;
  }
}

const widths = (): (128 | 256)[] => (acceptsFlag(revectorize) ? [128, 256] : [128]);

/** Half of each cache, so that nothing else need leave it; and memory, well beyond the last one. */
function levelsOf(found: readonly Cache[], most: number) {
  return [
    ...found.map(({ level, bytes, private: own }) => ({
      level,
      bytesFor: (threads: number) => Math.min(most, (bytes / 2) * (own ? threads : 1)),
    })),
    { level: 'memory', bytesFor: () => most },
  ];
}

/** Reading on one thread over working sets from 8 KiB up. */
async function sweep(stock: Probe, most: number) {
  const points = [];
  for (let bytes = 8192; bytes <= most; bytes *= 2) {
    const best = new Best();
    const point = streamPoint('read', 1, bytes);
    for (let turn = 0; turn < 3; turn++) await best.take(stock, point);
    points.push({ bytes, gbPerSecond: best.of(point) });
  }
  return points;
}

interface Glance {
  /** The 256-bit pattern's rate over the 128-bit one's, on one thread; null where V8 has no such flag. */
  readonly revectorized: number | null;
  /** Median over least time of the same arithmetic, less 1: what else goes on in this machine. */
  readonly unrest: number;
}

/** Within half a second. */
export async function glance(): Promise<Glance> {
  const bytes = await probeModule();
  const probes = widths().map((bits) => new Probe(bits));
  const points = { 128: fmaPoint('fma128', 1), 256: fmaPoint('fma256', 1) };
  const rates: { bits: number; rate: number }[] = [];
  try {
    for (const one of probes) await one.open(bytes, 1, sumBytes);
    for (let turn = 0; turn < 5; turn++) {
      for (const one of probes) {
        for (const rate of await one.rates(points[one.bits])) rates.push({ bits: one.bits, rate });
      }
    }
  } finally {
    for (const one of probes) one.close();
  }
  const of = (wanted: number) => rates.filter(({ bits }) => bits === wanted).map(({ rate }) => rate);
  const best = (bits: number) => Math.max(...of(bits));
  const stock = of(128);
  return {
    revectorized: probes.length > 1 ? best(256) / best(128) : null,
    unrest: Math.max(...stock) / median(stock) - 1,
  };
}
