/** What to do about means of a comparison that cannot be told apart: more rounds of both sides, or a calmer machine. */
import type { Compared } from '../analysis/compare.ts';
import type { Record } from '../records/schema.ts';
import { wrapped } from '../report/width.ts';
import { more, threadsOf, words } from './next.ts';

/** A sentence, and a command that stays on one line, to be copied; none if every candidate was told. */
export function whatNext(records: readonly Record[], { means, references }: Compared): string[] {
  const unsure = means.flatMap(({ peer, candidate, changes }) =>
    changes.flatMap(({ ratio, verdict }, i) =>
      !peer && ratio && (verdict === null || verdict === 'inconclusive')
        ? [{ candidate, runs: [records[references[i]], records[i + 1]] }]
        : [],
    ),
  );
  if (unsure.length === 0) return [];
  const runs = unsure.flatMap((one) => one.runs);
  const effort = (['quick', 'default', 'thorough'] as const).findLast((one) => runs.some((run) => run.effort === one));
  const next = more(effort ?? 'quick');
  const filter = runs.find(({ caseFilter }) => caseFilter !== null)?.caseFilter;
  const command = words(
    ...['bench', ...new Set(unsure.map(({ candidate }) => candidate))],
    ...(filter ? ['--case', filter] : []),
    ...(next === 'thorough' ? ['--thorough'] : []),
    ...threadsOf(runs),
  );
  const how = runs.every((run) => run.effort === 'thorough')
    ? `Close other programs or take a calmer machine ('${words('doctor')}' says what disturbs this one), and run on both sides again:`
    : `More rounds on both sides, each with its own source, narrow the intervals:`;
  return [wrapped(`Inconclusive: the intervals are too wide to tell. ${how}`), `  ${command}`];
}
