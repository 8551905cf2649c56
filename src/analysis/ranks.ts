/**
 * What the choice of the mean decides. Each of the three means has its own order of the candidates; in the arithmetic mean, a case weighs
 *
 *   weight(case) = speedup(case) / sum of the speedups
 *
 * so that a case of 300x beside several of 20x decides it.
 */
import type { Mean, Result } from '../records/schema.ts';

/** Anything with the three means, such as a candidate; without an arithmetic one it has no rank. */
interface Valued extends Pick<Mean, 'geometric' | 'harmonic'> {
  readonly arithmetic: { readonly value: number } | null;
}

type Ranks = readonly [arithmetic: number, geometric: number, harmonic: number];

/** A candidate, with its rank among those of its op under the arithmetic, geometric and harmonic mean, from 1. */
export interface Ranked {
  readonly mean: Mean;
  readonly ranks: Ranks;
}

/** Those with a mean, each with its ranks among them; equal means share the better rank. */
export function ranksOf<M extends Valued>(means: readonly M[]): { readonly mean: M; readonly ranks: Ranks }[] {
  const valued = means.filter(({ arithmetic }) => arithmetic !== null);
  const rankBy = (meanOf: (mean: M) => number | null | undefined) => (mean: M) =>
    1 + valued.filter((other) => (meanOf(other) ?? 0) > (meanOf(mean) ?? 0)).length;
  const [arithmetic, geometric, harmonic] = [
    rankBy((mean) => mean.arithmetic?.value),
    rankBy((mean) => mean.geometric),
    rankBy((mean) => mean.harmonic),
  ];
  return valued.map((mean) => ({ mean, ranks: [arithmetic(mean), geometric(mean), harmonic(mean)] }));
}

/** Those of the given means whose three ranks are not the same, op by op, the best arithmetic mean first. */
export function rankChanges(means: readonly Mean[]): Ranked[] {
  return [...Map.groupBy(means, ({ op }) => op).values()].flatMap((all) =>
    ranksOf(all)
      .filter(({ ranks }) => new Set(ranks).size > 1)
      .sort((a, b) => a.ranks[0] - b.ranks[0]),
  );
}

/** The weight of each case in the arithmetic mean of these speedups. */
export function weightsOf(speedups: readonly (readonly [name: string, speedup: number])[]): { [name: string]: number } {
  const sum = speedups.reduce((total, [, value]) => total + value, 0);
  return Object.fromEntries(speedups.map(([name, value]) => [name, value / sum]));
}

/** A weight of more than this many even shares is worth a word. */
const notable = 2;

/** The cases that weigh far more than an even share, the heaviest first. Older records lack the weights, so `results` give them. */
export function heavyCases(mean: Mean, results: readonly Result[]): { case: string; weight: number }[] {
  const timed = results.flatMap(({ case: name, speedup }) => (speedup ? [[name, speedup.value] as const] : []));
  // With more results than cases, some are of cases that the mean leaves out.
  const derived = mean.arithmetic && timed.length === mean.cases ? weightsOf(timed) : {};
  return Object.entries(mean.weights ?? derived)
    .map(([name, weight]) => ({ case: name, weight }))
    .filter(({ weight }) => weight * mean.cases > notable)
    .sort((a, b) => b.weight - a.weight);
}
