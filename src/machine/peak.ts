/**
 * Measures the ceilings of this machine in cells like those of candidates, stock and revectorized: arithmetic from registers, and
 * bandwidth by level, on one thread and on all. Each sweep takes every point once, and the best rate counts, so that a disturbance
 * matters only if it lasts for all sweeps.
 */
import { median } from 'simple-statistics';
import { Cell } from '../cell/cell.ts';
import { compile } from '../compiler/compile.ts';
import { revectorize } from '../contract/candidate.ts';
import { CandidateError } from '../contract/errors.ts';
import type { OnProgress } from '../contract/progress.ts';
import { type Cache, caches, cachesFromSweep } from './caches.ts';
import { type Ceilings, consistent, loadCeilings, saveCeilings } from './ceilings.ts';
import { acceptsFlag } from './features.ts';
import { machine, runtime } from './fingerprint.ts';
import { type Kind, kinds, probe, sumBytes, turnBytes, turnFlop } from './probe.ts';

/** Work of one call of one thread: about a millisecond, so that starting it does not count. */
const callFlop = 1e8;
const callBytes = 1e8;
const callsEach = 3;
/** The working set for memory, in sizes of the last cache and in bytes, which an arena has to hold. */
const beyondCaches = 4;
const [minMemory, maxMemory] = [64 * 2 ** 20, 256 * 2 ** 20];
/** Bytes before the data, for the words that say what to do. */
const dataOffset = 4096;

type Stream = 'read' | 'write' | 'copy';

interface Point {
  readonly kind: Kind;
  readonly threads: number;
  /** Bytes of each thread. */
  readonly bytes: number;
  readonly turns: number;
  /** Flop or bytes of a call. */
  readonly work: number;
}

function fmaPoint(bits: 128 | 256, threads: number): Point {
  const kind = `fma${bits}` as const;
  const turns = Math.ceil(callFlop / turnFlop[kind]);
  return { kind, threads, bytes: sumBytes, turns, work: turns * turnFlop[kind] * threads };
}

function streamPoint(kind: Stream, threads: number, totalBytes: number): Point {
  const unit = 2 * turnBytes;
  const bytes = Math.max(unit, Math.floor(totalBytes / threads / unit) * unit);
  const turns = Math.max(1, Math.round(callBytes / bytes));
  return { kind, threads, bytes, turns, work: turns * bytes * threads };
}

/** A cell with the probe in it, and the best rate of each point so far. */
class Probe {
  readonly bits: 128 | 256;
  readonly #cell: Cell;
  readonly #best = new Map<Point, number>();
  /** The data to sum. The noise that fills an arena has denormal numbers in it, which are slow to add. */
  #data = new Uint8Array();

  constructor(bits: 128 | 256) {
    this.bits = bits;
    this.#cell = new Cell({ flags: bits === 256 ? [revectorize] : [] });
  }

  async open(module: Uint8Array, threads: number, dataBytes: number): Promise<void> {
    await this.#cell.open({
      artifact: { kind: 'wasm', bytes: module },
      ...{ op: 'probe', dims: {}, scalars: {}, threads, bytes: dataOffset + dataBytes },
      slots: [
        { name: 'control', dtype: 'i32', offset: 0, length: 4 },
        { name: 'data', dtype: 'f32', offset: dataOffset, length: dataBytes / 4 },
      ],
    });
    this.#data = new Uint8Array(new Float32Array((threads * sumBytes) / 4).fill(1e-3).buffer);
  }

  /** Gflop/s or GB/s of a few calls. */
  async rates({ kind, threads, bytes, turns, work }: Point): Promise<number[]> {
    const control = Int32Array.of(kinds.indexOf(kind), threads, bytes, turns);
    const writes = [
      { offset: dataOffset, bytes: this.#data },
      { offset: 0, bytes: new Uint8Array(control.buffer) },
    ];
    const calls = Array.from({ length: callsEach }, () => ({ writes, reads: [] }));
    const { timeNs } = await this.#cell.sample({ calls, warmup: { writes, calls: 1, ms: 2 } });
    return timeNs.map((ns) => work / ns);
  }

  async take(point: Point): Promise<void> {
    this.#best.set(point, Math.max(this.best(point), ...(await this.rates(point))));
  }

  best(point: Point): number {
    return this.#best.get(point) ?? 0;
  }

  close(): void {
    this.#cell.close();
  }
}

/** A probe of each width, open for `use`. */
async function withProbes<T>(
  { threads, bytes, signal }: { readonly threads: number; readonly bytes: number; readonly signal?: AbortSignal },
  use: (probes: readonly Probe[]) => Promise<T>,
): Promise<T> {
  const module = await compile({ type: 'wat', text: probe() });
  const probes = ([128, 256] as const)
    .filter((bits) => bits === 128 || acceptsFlag(revectorize))
    .map((bits) => new Probe(bits));
  const stop = () => {
    for (const one of probes) one.close();
  };
  signal?.addEventListener('abort', stop);
  try {
    signal?.throwIfAborted();
    for (const one of probes) await one.open(module, threads, bytes);
    return await use(probes);
  } finally {
    signal?.removeEventListener('abort', stop);
    stop();
  }
}

interface PeakOptions {
  readonly sweeps: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

/** Gflop/s and GB/s. Throws CandidateError if it is aborted or the probe does not run here. */
export async function measureCeilings({ sweeps, signal, onProgress }: PeakOptions): Promise<Ceilings> {
  const [measuredAt, began] = [new Date().toISOString(), performance.now()];
  const { cpu, cores } = machine();
  const { node, v8 } = runtime();
  const listed = caches();
  const maxBytes = Math.min(maxMemory, Math.max(minMemory, beyondCaches * (listed.at(-1)?.bytes ?? maxMemory)));
  onProgress?.({ op: 'peak', stage: 'opening' });
  return withProbes({ threads: cores, bytes: maxBytes, signal }, async (probes) => {
    const found = listed.length > 0 ? listed : await sweepCaches(probes[0], maxBytes);
    const threads = cores > 1 ? [1, cores] : [1];
    const plans = probes.map((probe) => ({
      probe,
      fma: threads.map((n) => fmaPoint(probe.bits, n)),
      streams: levelsOf(found, maxBytes).flatMap(({ level, bytesFor }) =>
        threads.map((n) => {
          const at = (kind: Stream) => streamPoint(kind, n, bytesFor(n));
          return { level, read: at('read'), write: at('write'), copy: at('copy') };
        }),
      ),
    }));
    for (let turn = 0; turn < sweeps; turn++) {
      onProgress?.({ op: 'peak', stage: `sweep ${turn + 1} of ${sweeps}` });
      for (const { probe, fma, streams } of plans) {
        const points = [...fma, ...streams.flatMap(({ read, write, copy }) => [read, write, copy])];
        for (const point of points) await probe.take(point);
      }
    }
    const [one128, one256] = plans.map(({ probe, fma }) => probe.best(fma[0]));
    return {
      ...{ schema: 'nfold/ceilings@1', measuredAt, sweeps, seconds: (performance.now() - began) / 1000 },
      ...{ cpu, cores, node, v8, caches: found, cachesFrom: listed.length > 0 ? 'system' : 'sweep' },
      revectorized: one256 === undefined ? null : one256 / one128,
      fma: plans.flatMap(({ probe, fma }) =>
        fma.map((point) => ({ bits: probe.bits, threads: point.threads, gflops: probe.best(point) })),
      ),
      bandwidth: plans.flatMap(({ probe, streams }) =>
        streams.map(({ level, read, write, copy }) => ({
          ...{ level, bits: probe.bits, threads: read.threads, bytes: read.bytes * read.threads },
          ...{ read: probe.best(read), write: probe.best(write), copy: probe.best(copy) },
        })),
      ),
    } as const;
  });
}

/** Sweeps of a measurement that a run makes on its own account: about two seconds on two cores. */
const shortSweeps = 2;

/** The ceilings kept for this machine, or those of a short measurement; null if that was interrupted, failed or was disturbed. */
export async function ceilingsHere(options: Omit<PeakOptions, 'sweeps'>): Promise<Ceilings | null> {
  const kept = loadCeilings();
  if (kept) return kept;
  const ceilings = await ceilingsNow({ ...options, sweeps: shortSweeps });
  if (ceilings) saveCeilings(ceilings);
  return ceilings;
}

/** A measurement; null if it was interrupted, failed or was disturbed: a busy machine does not show its ceilings. */
export async function ceilingsNow(options: PeakOptions): Promise<Ceilings | null> {
  try {
    const ceilings = await measureCeilings(options);
    return consistent(ceilings) ? ceilings : null;
  } catch (error) {
    if (options.signal?.aborted || error instanceof CandidateError) return null;
    throw error;
  }
}

/** Half of each cache, so that nothing else has to leave it; and memory, well beyond the last cache. */
function levelsOf(found: readonly Cache[], maxBytes: number) {
  return [
    ...found.map(({ level, bytes, private: own }) => ({
      level,
      bytesFor: (threads: number) => Math.min(maxBytes, (bytes / 2) * (own ? threads : 1)),
    })),
    { level: 'memory', bytesFor: () => maxBytes },
  ];
}

/** The caches as reading on one thread shows them, over working sets from 8 KiB up. */
async function sweepCaches(stock: Probe, maxBytes: number): Promise<Cache[]> {
  const points = [];
  for (let bytes = 8192; bytes <= maxBytes; bytes *= 2) {
    const point = streamPoint('read', 1, bytes);
    for (let turn = 0; turn < 3; turn++) await stock.take(point);
    points.push({ bytes, gbPerSecond: stock.best(point) });
  }
  return cachesFromSweep(points);
}

/**
 * Looks at this machine within half a second. `revectorized`: the 256-bit pattern's rate over the 128-bit one's, on one thread; null where
 * V8 has no such flag. `medianExcess`: by what share the median of identical calls is slower than the fastest.
 */
export function quickProbe(): Promise<{ readonly revectorized: number | null; readonly medianExcess: number }> {
  return withProbes({ threads: 1, bytes: sumBytes }, async (probes) => {
    const rates: number[][] = probes.map(() => []);
    for (let turn = 0; turn < 5; turn++) {
      for (const [i, one] of probes.entries()) rates[i].push(...(await one.rates(fmaPoint(one.bits, 1))));
    }
    const [stock, wide] = rates;
    const best = Math.max(...stock);
    return { revectorized: wide ? Math.max(...wide) / best : null, medianExcess: best / median(stock) - 1 };
  });
}
