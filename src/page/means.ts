/** The rows of the forest: which means are shown, which are folded away, and what is known of each. */
import { counted } from '../contract/words.ts';
import type { Look } from '../draw/chart.ts';
import { peerName, shortName } from '../draw/words.ts';
import type { Mean, Overall } from '../records/schema.ts';
import { byMean } from '../stats/means.ts';
import type { ComparisonVerdict } from '../stats/verdict.ts';
import { verdictOf } from './clear.ts';
import { leaders, type MeanRow, type View } from './subject.ts';

export interface Row {
  /** In the chart, and in full. */
  readonly name: string;
  readonly fullName: string;
  readonly kind: Look['kind'];
  readonly mean: Mean | Overall;
  readonly verdict: ComparisonVerdict | null;
  /** Why there is no mean, in short. */
  readonly why: string;
  /** Least and greatest share of the ceiling at any case, percent. */
  readonly share: readonly [number, number] | null;
  /** Ratio with the first candidate of the op, within rounds. */
  readonly pair: View['record']['pairs'][number] | undefined;
}

export interface Group {
  readonly name: string;
  readonly detail: string;
  readonly rows: readonly Row[];
}

/** Characters of a name in the chart. */
export const nameRoom = 29;

/** Candidates of a suite of one op before the rest is folded away. */
const mostShown = 5;

/** A suite: of one op its best candidates, of several the best of each and their mean. The rest is a group for each op. */
export function groupsOf(view: View): { readonly shown: Group; readonly rest: Group[] } {
  const { rows, suite, overall } = view;
  const ops = Map.groupBy(rows, ({ mean }) => mean.op);
  const several = ops.size > 1;
  const own = rows.filter(({ mean }) => !mean.peer);
  const first = several ? leaders(view) : [...own.slice(0, mostShown), ...rows.filter(({ mean }) => mean.peer)];
  const shown = new Set(first);
  const toRow = (row: MeanRow, name?: string) => rowOf(view, row, name);
  const sorted = [...first].sort((a, b) => byMean(a.mean, b.mean));
  const total = overall ? [overallRow(view, overall)] : [];
  const rest = [...ops].map(([op, all]) => {
    const left = all.filter((row) => !shown.has(row));
    return { name: op, detail: several ? 'all others' : 'the rest', rows: left.map((row) => toRow(row)) };
  });
  return {
    shown: {
      name: suite.name,
      detail: detailOf(view, ops.size),
      rows: [...sorted.map((row) => toRow(row, several ? row.mean.op : undefined)), ...total],
    },
    rest: rest.filter((group) => group.rows.length > 0),
  };
}

function detailOf({ suite, overall, rows }: View, ops: number): string {
  const cases = overall?.cases || Math.max(...rows.map(({ results }) => results.length));
  const what = suite.showsEssayResults ? 'the whole training step, ' : '';
  if (ops > 1) return `${counted(ops, 'op')}, the best candidate of each`;
  return `${what}${counted(cases, 'case')}${cases === 1 && rows.some(({ mean }) => mean.arithmetic) ? ': the mean is the case' : ''}`;
}

function rowOf({ record, best, overall }: View, { mean, candidate, results }: MeanRow, name?: string): Row {
  const { peer, op, arithmetic, comparison, withheld } = mean;
  const own = peer ? peerName(mean.candidate, candidate?.about) : shortName(mean.candidate, op);
  const shares = results.flatMap(({ percentOfPeak }) => percentOfPeak ?? []);
  const isAbsent = peer && candidate?.verdict === 'unsupported';
  return {
    name: name ?? (peer && own.length > nameRoom ? mean.candidate : own),
    fullName: peer ? `${own} (${mean.candidate}), ${op}` : mean.candidate,
    kind: peer ? 'peer' : mean === best && !overall ? 'us' : 'cand',
    mean,
    verdict: verdictOf(arithmetic, comparison),
    why: isAbsent ? 'not installed' : `withheld: ${withheld ?? 'the record does not say why'}`,
    share: shares.length > 0 ? [Math.min(...shares), Math.max(...shares)] : null,
    pair: record.pairs.find((one) => one.case === null && one.op === op && one.candidate === mean.candidate),
  };
}

function overallRow({ suite }: View, mean: Overall): Row {
  const name = mean.arithmetic ? `mean of the ${mean.cases} cases` : 'mean of all cases';
  const facts = { kind: 'us', mean, verdict: verdictOf(mean.arithmetic), share: null, pair: undefined } as const;
  return { name, fullName: `${suite.name}: ${name}`, ...facts, why: `withheld: ${mean.withheld}` };
}
