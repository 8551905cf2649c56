/** All runs of a file as a Markdown table: how often an interval holds the truth, and how wide it is. */
import { mean, median } from 'simple-statistics';
import { estimateOf, halfWidth, type Interval, intervalOf } from '../../src/stats/interval.ts';
import { ratios } from '../../src/stats/speedup.ts';
import type { ComparisonVerdict } from '../../src/stats/verdict.ts';
import { efforts } from '../../src/stopwatch/effort.ts';
import { names } from './kernels.ts';
import { type Run, runsIn } from './runs.ts';

const covers = ({ low, high }: Interval, value: number) =>
  low !== null && high !== null && low <= value && value <= high;

/** By construction; with threads, what the calm runs of the file say on average. */
function truthOf(of: string, { more, threads }: Run, all: readonly Run[]): number {
  if (threads === 1) return 100 / (100 + more);
  const calm = all.filter((run) => run.threads === threads && run.more === more && run.busy === 0);
  const values = calm.flatMap(({ found }) => found.find((one) => one.of === of)?.speedup?.value ?? []);
  return values.length > 0 ? median(values) : Number.NaN;
}

/** The half-width that Student's t over the means of rounds has. */
function byRounds({ samples }: Run): number | null {
  const each = names.map((name) => [...ratios(samples, 'baseline', 'candidate', name).values()]);
  const rounds = Math.min(...each.map((values) => values.length));
  if (rounds < 2) return null;
  const means = Array.from({ length: rounds }, (_, i) => mean(each.map((values) => values[i])));
  return halfWidth(intervalOf(estimateOf(means)));
}

export function report(file: string): void {
  const all = runsIn(file);
  const groups = Map.groupBy(all, ({ more, effort, busy, threads }) =>
    [Object.keys(efforts).indexOf(effort), threads, busy, more].join(' '),
  );
  const line = (cells: readonly string[]) => console.log(`| ${cells.join(' | ')} |`);
  const judged = 'effort | threads | other processes | truth | of | runs | withheld | covers the truth';
  const verdicts = 'faster | same | inconclusive | slower | median estimate | median half-width | by rounds alone';
  const columns = `${judged} | ${verdicts} | calls left out | seconds a run`.split(' | ');
  line(columns);
  line(columns.map(() => '---'));
  const sorted = [...groups].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }));
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const medianOf = (values: readonly number[], text: (value: number) => string) =>
    values.length > 0 ? text(median([...values])) : '-';
  for (const [, group] of sorted) {
    const [first] = group;
    for (const what of ['mean', 'case']) {
      const found = group.flatMap((run) => run.found.filter((one) => (one.of === 'mean') === (what === 'mean')));
      const told = found.flatMap(({ of, speedup }) => (speedup ? [{ of, speedup }] : []));
      const count = (verdict: ComparisonVerdict) => `${found.filter((one) => one.verdict === verdict).length}`;
      const held = told.filter(({ of, speedup }) => covers(speedup, truthOf(of, first, all)));
      line([
        ...[first.effort, `${first.threads}`, `${first.busy}`],
        ...[what === 'mean' ? truthOf('mean', first, all).toFixed(3) : '', what, `${found.length}`],
        ...[`${found.length - told.length}`, `${held.length} of ${told.length}`],
        ...(['faster', 'same', 'inconclusive', 'slower'] as const).map(count),
        medianOf(
          told.map(({ speedup }) => speedup.value),
          (value) => value.toFixed(3),
        ),
        medianOf(
          told.map(({ speedup }) => halfWidth(speedup)),
          percent,
        ),
        what === 'mean'
          ? medianOf(
              group.flatMap((run) => byRounds(run) ?? []),
              percent,
            )
          : '',
        medianOf(
          group.map((run) => run.leftOut),
          percent,
        ),
        median(group.map(({ seconds }) => seconds)).toFixed(1),
      ]);
    }
  }
}
