/** Lines below a table of means: where the choice of the mean changes the order, and which cases decide a mean. */
import { heavyCases, rankChanges } from '../analysis/ranks.ts';
import type { Mean, Result } from '../records/schema.ts';

interface Row {
  readonly mean: Mean;
  readonly results: readonly Result[];
}

const percent = (share: number) => `${(100 * share).toFixed(0)} %`;

/** At most two. */
export function rankLines(rows: readonly Row[]): string[] {
  const ranks = rankChanges(rows.map(({ mean }) => mean)).map((one) => `${one.mean.candidate} ${one.ranks.join('/')}`);
  const heavy = rows.flatMap(({ mean, results }) => {
    const cases = heavyCases(mean, results).map(({ case: name, weight }) => `${name} ${percent(weight)}`);
    return cases.length > 0 ? [`${mean.candidate}: ${cases.join(', ')} (of ${mean.cases} cases)`] : [];
  });
  return [
    ...(ranks.length > 0 ? [`rank by arithmetic/geometric/harmonic mean: ${ranks.join(', ')}`] : []),
    ...(heavy.length > 0 ? [`more than twice an even share of the arithmetic mean: ${heavy.join('; ')}`] : []),
  ];
}
