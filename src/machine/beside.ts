/**
 * The ceilings at the time of a run. Those that are kept may come from a faster moment, or from one when other work had a core. So a run looks
 * at the arithmetic again right after its rounds, and what seems to exceed its ceilings has them measured anew before anyone is accused.
 */
import { type Ceilings, consistent, saveCeilings } from './ceilings.ts';
import { arithmeticNow, ceilingsHere, ceilingsNow, type PeakOptions } from './peak.ts';

type Options = Omit<PeakOptions, 'sweeps'>;

/** Kept ceilings that are exceeded by more than this were measured on a busy machine. */
const maxExcess = 0.1;
/** Sweeps of a measurement that confirms a suspicion. */
const sweeps = 3;
/** Seconds for which a measurement counts as one beside the run. */
const freshS = 60;

/** Null if they cannot be measured here. */
export async function ceilingsBeside(options: Options): Promise<Ceilings | null> {
  const kept = await ceilingsHere(options);
  if (kept === null || Date.now() - Date.parse(kept.measuredAt) < 1000 * freshS) return kept;
  const fma = await arithmeticNow(options);
  if (fma === null || !consistent({ fma })) return kept;
  return asOf(kept, fma) ?? (await confirmed(kept, options)) ?? kept;
}

/** The ceilings at the speed that the arithmetic shows; null if it shows that they are too low. */
export function asOf(kept: Ceilings, fma: Ceilings['fma']): Ceilings | null {
  const before = ({ bits, threads }: Ceilings['fma'][number]) =>
    kept.fma.find((one) => one.bits === bits && one.threads === threads)?.gflops ?? 0;
  const speeds = fma.map((now) => now.gflops / before(now)).filter(Number.isFinite);
  if (speeds.length === 0 || Math.max(...speeds) > 1 + maxExcess) return null;
  const speed = Math.max(...speeds);
  const bandwidth = kept.bandwidth.map(({ read, write, copy, ...level }) => {
    return { ...level, read: speed * read, write: speed * write, copy: speed * copy };
  });
  return { ...kept, fma, bandwidth };
}

/** The best of these ceilings and of new ones, which are kept; null if new ones cannot be measured undisturbed. */
export async function confirmed(
  ceilings: Ceilings,
  options: Options,
  measure: (options: PeakOptions) => Promise<Ceilings | null> = ceilingsNow,
): Promise<Ceilings | null> {
  const again = await measure({ ...options, sweeps });
  if (again === null) return null;
  const best = highest(ceilings, again);
  saveCeilings(best);
  return best;
}

/** The second of two ceilings, with the better rate at each point. */
export function highest(a: Ceilings, b: Ceilings): Ceilings {
  const at = <T extends { bits: number; threads: number; level?: string }>(list: readonly T[], point: T) =>
    list.find(({ bits, threads, level }) => bits === point.bits && threads === point.threads && level === point.level);
  const fma = b.fma.map((point) => ({ ...point, gflops: Math.max(point.gflops, at(a.fma, point)?.gflops ?? 0) }));
  const bandwidth = b.bandwidth.map((point) => {
    const other = at(a.bandwidth, point) ?? point;
    const best = (rate: 'read' | 'write' | 'copy') => Math.max(point[rate], other[rate]);
    return { ...point, read: best('read'), write: best('write'), copy: best('copy') };
  });
  return { ...b, fma, bandwidth };
}
