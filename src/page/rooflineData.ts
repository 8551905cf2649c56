/** What a roofline shows of the views of a machine: kernels as points, and the measured ceilings that bound them. */
import { geometricMean } from 'simple-statistics';
import { ceilingOf } from '../machine/roofline.ts';
import type { Result } from '../records/schema.ts';
import type { MeanRow, View } from './subject.ts';

/** A measured rate: Gflop/s, or for memory GB/s. */
export type Ceiling = Pick<NonNullable<Result['peak']>, 'bound' | 'name' | 'value'>;

/** Flop per byte and Gflop/s. */
interface Place {
  readonly x: number;
  readonly y: number;
}

/** A candidate or a peer: the geometric means over its cases. */
export interface Point extends Place {
  readonly op: string;
  readonly candidate: string;
  readonly peer: boolean;
  /** Of the training step that the page is about. */
  readonly isMain: boolean;
  /** Gflop/s of its baseline: the speedup lies between. */
  readonly baseline: number;
  readonly cases: readonly Place[];
  /** In percent of what bounds each case; null without ceilings. */
  readonly share: { readonly mean: number; readonly least: number; readonly greatest: number } | null;
  /** What bounds most cases. */
  readonly bound: Ceiling['bound'] | null;
  /** Names of the ceilings of its cases. */
  readonly ceilings: readonly string[];
}

/** A result whose speed and bytes are known. */
type Known = Result & { readonly gflops: number; readonly gbPerSecond: number; readonly speedup: { value: number } };

const isKnown = (result: Result): result is Known =>
  (result.gflops ?? 0) > 0 && (result.gbPerSecond ?? 0) > 0 && result.speedup !== null;

/** Of each op the best candidate and the peers. `unknown`: their cases that cannot be drawn. */
export function pointsOf(views: readonly View[]): { readonly points: readonly Point[]; readonly unknown: number } {
  const shown = shownOf(views);
  return {
    points: shown.flatMap((row) => pointOf(row) ?? []),
    unknown: shown.flatMap(({ results }) => results.filter((result) => !isKnown(result))).length,
  };
}

type Shown = MeanRow & { readonly view: View };

/** An op of two suites is shown once. */
function shownOf(views: readonly View[]): Shown[] {
  const rows = views.flatMap((view) => view.rows.map((row) => ({ ...row, view })));
  return [...Map.groupBy(rows, ({ mean }) => mean.op).values()].flatMap((own) => {
    const best = own.find(({ mean, results }) => !mean.peer && results.some(isKnown));
    const peers = own.filter(({ mean, view, results }) => mean.peer && view === best?.view && results.some(isKnown));
    return [best ?? own.filter(({ mean }) => !mean.peer).slice(0, 1), peers].flat();
  });
}

function pointOf({ mean: { op, candidate, peer }, results, view }: Shown): Point | null {
  const known = results.filter(isKnown);
  if (known.length === 0) return null;
  const cases = known.map(({ gflops, gbPerSecond }) => ({ x: gflops / gbPerSecond, y: gflops }));
  const shares = known.flatMap(({ percentOfPeak }) => percentOfPeak ?? []);
  const peaks = known.flatMap(({ peak }) => peak ?? []);
  const byCompute = peaks.filter(({ bound }) => bound === 'compute').length;
  return {
    ...{ op, candidate, peer, cases, isMain: view.suite.showsEssayResults },
    x: geometricMean(cases.map(({ x }) => x)),
    y: geometricMean(cases.map(({ y }) => y)),
    baseline: geometricMean(known.map(({ gflops, speedup }) => gflops / speedup.value)),
    share:
      shares.length === 0
        ? null
        : { mean: geometricMean(shares), least: Math.min(...shares), greatest: Math.max(...shares) },
    bound: peaks.length === 0 ? null : 2 * byCompute >= peaks.length ? 'compute' : 'memory',
    ceilings: [...new Set(peaks.map(({ name }) => name))],
  };
}

/**
 * All arithmetic peaks that hold for what is shown, and of each level of memory the best. Without a set of ceilings in the record, those
 * that bound a case. The speed of a machine changes, and its ceilings with it: of one name, the highest.
 */
export function ceilingsOf(views: readonly View[]): Ceiling[] {
  const found = shownOf(views).flatMap(({ results, view: { record } }) =>
    results.filter(isKnown).flatMap((result): Ceiling[] => {
      const { op, threads, flags, peer, peak } = result;
      const set = record.ceilings?.find(({ ops }) => ops.includes(op));
      if (!set) return peak ? [peak] : [];
      const levels = [null, ...new Set(set.bandwidth.map(({ level }) => level))];
      return levels.map((level) => ceilingOf(set, { threads, flags, native: peer }, level));
    }),
  );
  const positive = found.filter(({ value }) => value > 0).sort((a, b) => b.value - a.value);
  return [...Map.groupBy(positive, keyOf).values()].map(([highest]) => highest);
}

/** A level of memory whatever the width and threads: `L2 bandwidth`. */
const keyOf = ({ bound, name }: Ceiling) => (bound === 'compute' ? name : levelName(name));

export const levelName = (name: string): string => name.replace(/^\d+-bit /, '').replace(/, .*$/, '');
