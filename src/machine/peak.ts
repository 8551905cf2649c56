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
import { acceptsFlag, machine, runtime } from './fingerprint.ts';
import { type Kind, kinds, probeText, sumBytes, turnBytes, turnFlop } from './probe.ts';

/** Work of one call of one thread: about a millisecond, so that starting it does not count. */
const callFlop = 1e8;
const callBytes = 1e8;
const callsEach = 3;
/** The working set for memory, in sizes of the last cache and in bytes, which an arena has to hold. */
const beyondCaches = 4;
const [minMemory, maxMemory] = [64 * 2 ** 20, 256 * 2 ** 20];
/** Bytes before the data, for the words that say what to do. */
const dataOffset = 4096;

/** A cell with registers of this width that has the probe's module open. */
interface Probe {
  readonly bits: 128 | 256;
  readonly cell: Cell;
}

/** A rate to measure. `bytes`: of each thread; `work`: flop or bytes of a call. */
interface Point {
  readonly probe: Probe;
  readonly kind: Kind;
  readonly threads: number;
  readonly bytes: number;
  readonly turns: number;
  readonly work: number;
}

function fmaPoint(probe: Probe, threads: number): Point {
  const kind = `fma${probe.bits}` as const;
  const turns = Math.ceil(callFlop / turnFlop[kind]);
  return { probe, kind, threads, bytes: sumBytes, turns, work: turns * turnFlop[kind] * threads };
}

function streamPoint(probe: Probe, kind: Kind, threads: number, totalBytes: number): Point {
  const unit = 2 * turnBytes;
  const bytes = Math.max(unit, Math.floor(totalBytes / threads / unit) * unit);
  const turns = Math.max(1, Math.round(callBytes / bytes));
  return { probe, kind, threads, bytes, turns, work: turns * bytes * threads };
}

/** Gflop/s or GB/s of a few calls. */
async function rates({ probe, kind, threads, bytes, turns, work }: Point): Promise<number[]> {
  const control = Int32Array.of(kinds.indexOf(kind), threads, bytes, turns);
  // The noise that fills an arena has denormal numbers in it, which are slow to add.
  const data = new Float32Array((threads * sumBytes) / 4).fill(1e-3);
  const writes = [
    { offset: dataOffset, bytes: new Uint8Array(data.buffer) },
    { offset: 0, bytes: new Uint8Array(control.buffer) },
  ];
  const calls = Array.from({ length: callsEach }, () => ({ writes, reads: [] }));
  const { timeNs } = await probe.cell.sample({ calls, warmup: { writes, calls: 1, ms: 2 } });
  return timeNs.map((ns) => work / ns);
}

/** Opens a probe of each width, with room for `bytes` of data, for `use`. */
async function withProbes<T>(
  { threads, bytes, signal }: { readonly threads: number; readonly bytes: number; readonly signal?: AbortSignal },
  use: (probes: readonly Probe[]) => Promise<T>,
): Promise<T> {
  const module = await compile({ type: 'wat', text: probeText() });
  const probes: Probe[] = [{ bits: 128, cell: new Cell({ flags: [] }) }];
  if (acceptsFlag(revectorize)) probes.push({ bits: 256, cell: new Cell({ flags: [revectorize] }) });
  const stop = () => {
    for (const { cell } of probes) cell.close();
  };
  const opening = {
    artifact: { kind: 'wasm', bytes: module },
    ...{ op: 'probe', dims: {}, scalars: {}, threads, bytes: dataOffset + bytes },
    slots: [
      { name: 'control', dtype: 'i32', offset: 0, length: 4 },
      { name: 'data', dtype: 'f32', offset: dataOffset, length: bytes / 4 },
    ],
  } as const;
  signal?.addEventListener('abort', stop);
  try {
    signal?.throwIfAborted();
    for (const { cell } of probes) await cell.open(opening);
    return await use(probes);
  } finally {
    signal?.removeEventListener('abort', stop);
    stop();
  }
}

export interface PeakOptions {
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
    const counts = threadCounts(cores);
    const fma = probes.flatMap((probe) => counts.map((threads) => fmaPoint(probe, threads)));
    const bandwidth = probes.flatMap((probe) =>
      levelsOf(found, maxBytes).flatMap(({ level, bytesFor }) =>
        counts.map((threads) => ({
          level,
          points: (['read', 'write', 'copy'] as const).map((kind) =>
            streamPoint(probe, kind, threads, bytesFor(threads)),
          ),
        })),
      ),
    );
    const best = new Map<Point, number>();
    const bestOf = (point: Point) => best.get(point) ?? 0;
    for (let sweep = 1; sweep <= sweeps; sweep++) {
      onProgress?.({ op: 'peak', stage: `sweep ${sweep} of ${sweeps}` });
      for (const point of [...fma, ...bandwidth.flatMap(({ points }) => points)])
        best.set(point, Math.max(bestOf(point), ...(await rates(point))));
    }
    const [stock, wide] = probes.map((probe) => bestOf(fma.find((point) => point.probe === probe) as Point));
    return {
      ...{ schema: 'nfold/ceilings@1', measuredAt, sweeps, seconds: (performance.now() - began) / 1000 },
      ...{ cpu, cores, node, v8, caches: found, cachesFrom: listed.length > 0 ? 'system' : 'sweep' },
      revectorized: wide === undefined ? null : wide / stock,
      fma: fma.map((point) => ({ bits: point.probe.bits, threads: point.threads, gflops: bestOf(point) })),
      bandwidth: bandwidth.map(({ level, points }) => {
        const [{ probe, threads, bytes }] = points;
        const [read, write, copy] = points.map(bestOf);
        return { level, bits: probe.bits, threads, bytes: bytes * threads, read, write, copy };
      }),
    };
  });
}

/** Sweeps of a measurement that a run makes without being asked: about two seconds on two cores. */
const shortSweeps = 2;

/** The ceilings kept for this machine, or those of a short measurement; null if that was aborted, failed or was disturbed. */
export async function ceilingsHere(options: Omit<PeakOptions, 'sweeps'>): Promise<Ceilings | null> {
  const kept = loadCeilings();
  if (kept) return kept;
  const ceilings = await ceilingsNow({ ...options, sweeps: shortSweeps });
  if (ceilings) saveCeilings(ceilings);
  return ceilings;
}

/** A measurement; null if it was aborted, failed or was disturbed: a busy machine does not show its ceilings. */
export async function ceilingsNow(options: PeakOptions): Promise<Ceilings | null> {
  const ceilings = await unlessFailed(options, () => measureCeilings(options));
  return ceilings && consistent(ceilings) ? ceilings : null;
}

/** Fused multiply-adds alone, within half a second; null if it was aborted or failed. */
export function arithmeticNow({ signal, onProgress }: Omit<PeakOptions, 'sweeps'>): Promise<Ceilings['fma'] | null> {
  const { cores } = machine();
  onProgress?.({ op: 'peak', stage: 'beside the run' });
  return unlessFailed({ signal }, () =>
    withProbes({ threads: cores, bytes: cores * sumBytes, signal }, async (probes) => {
      const points = probes.flatMap((probe) => threadCounts(cores).map((threads) => fmaPoint(probe, threads)));
      const best = new Map<Point, number>();
      for (let sweep = 0; sweep < shortSweeps; sweep++) {
        for (const point of points) best.set(point, Math.max(best.get(point) ?? 0, ...(await rates(point))));
      }
      return points.map((point) => {
        return { bits: point.probe.bits, threads: point.threads, gflops: best.get(point) as number };
      });
    }),
  );
}

async function unlessFailed<T>({ signal }: Pick<PeakOptions, 'signal'>, measure: () => Promise<T>): Promise<T | null> {
  try {
    return await measure();
  } catch (error) {
    if (signal?.aborted || error instanceof CandidateError) return null;
    throw error;
  }
}

const threadCounts = (cores: number) => (cores > 1 ? [1, cores] : [1]);

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
    const point = streamPoint(stock, 'read', 1, bytes);
    const found = [await rates(point), await rates(point), await rates(point)].flat();
    points.push({ bytes, gbPerSecond: Math.max(...found) });
  }
  return cachesFromSweep(points);
}

/**
 * Looks at this machine within half a second. `revectorized`: the 256-bit pattern's rate over the 128-bit one's, on one thread; null where
 * V8 has no such flag. `medianExcess`: by what share the median of identical calls is slower than the fastest.
 */
export function quickProbe(): Promise<{ readonly revectorized: number | null; readonly medianExcess: number }> {
  return withProbes({ threads: 1, bytes: sumBytes }, async (probes) => {
    const found: number[][] = probes.map(() => []);
    for (let turn = 0; turn < 5; turn++) {
      for (const [i, probe] of probes.entries()) found[i].push(...(await rates(fmaPoint(probe, 1))));
    }
    const [stock, wide] = found;
    const best = Math.max(...stock);
    return { revectorized: wide ? Math.max(...wide) / best : null, medianExcess: best / median(stock) - 1 };
  });
}
