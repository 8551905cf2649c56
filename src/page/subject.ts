/** What a page is about: records, of which each suite is shown from the newest, and what else was measured of the same candidates. */
import { suites } from '../../bench/suites.ts';
import { classesOf } from '../analysis/classes.ts';
import { peerName, shortName } from '../draw/words.ts';
import type { Mean, Overall, Record, Result, Summary } from '../records/schema.ts';
import { meanRows } from '../report/columns.ts';
import { byMean } from '../stats/means.ts';
import { withCalmTimes } from './calm.ts';
import { noRuns, type Runs } from './runs.ts';

export type Suite = Record['suites'][number];
export type MeanRow = ReturnType<typeof meanRows>[number];

/** A suite on a class of machines, as its newest record has it. */
export interface View {
  readonly suite: Suite;
  readonly record: Record;
  /** The class of the machine, or its CPU where the class is not known. */
  readonly machine: string;
  /** Op by op, the best mean first, peers among them. */
  readonly rows: readonly MeanRow[];
  /** The best mean of a candidate; null if all are withheld. */
  readonly best: Mean | null;
  /** The mean over all ops, for a suite of several. */
  readonly overall: Overall | null;
}

export interface Subject {
  /** Oldest first, at least one. */
  readonly records: readonly Record[];
  /** In the order in which suites are shown. */
  readonly views: readonly View[];
  /** Records for the history, oldest first: those that were given, or without a given one all of the workspace. */
  readonly history: readonly Summary[];
  /** Of the training step. */
  readonly runs: Runs;
}

export function subjectOf(given: readonly Record[], history: readonly Summary[] = given, runs: Runs = noRuns): Subject {
  const records = given.map(withCalmTimes).sort((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt));
  const machines = classesOf(records);
  const all = records
    .flatMap((record, i) => record.suites.map((suite) => viewOf(record, suite, machines[i])))
    .filter(({ rows }) => rows.length > 0);
  const newest = new Map(all.map((view) => [`${view.suite.name}\n${view.machine}`, view]));
  const views = [...newest.values()].sort((a, b) => place(a) - place(b));
  return { records, views, history, runs };
}

/** The essay's suite first, the others as in bench/suites.ts, those of a user last. */
function place({ suite }: View): number {
  const i = suites.findIndex(({ name }) => name === suite.name);
  return suite.showsEssayResults ? -1 : i < 0 ? suites.length : i;
}

function viewOf(record: Record, suite: Suite, machine: string): View {
  const rows = meanRows(record, suite.ops, (mean) => mean.suite === suite.name);
  const own = rows.flatMap(({ mean }) => (mean.peer || !mean.arithmetic ? [] : [mean]));
  const overall = suite.ops.length > 1 ? record.overall.find((one) => one.suite === suite.name) : null;
  return { suite, record, machine, rows, best: own.sort(byMean)[0] ?? null, overall: overall ?? null };
}

type Named = Pick<Result, 'candidate' | 'op' | 'peer'>;

/** What a view's candidates and peers are called, with their op where there are several; null for a peer that is not installed. */
export function namesIn({ record, rows }: View): (row: Named) => string | null {
  const peers = new Map(record.candidates.flatMap((one) => (one.peer ? [[one.candidate, one]] : [])));
  const several = new Set(rows.map(({ mean }) => mean.op)).size > 1;
  return ({ candidate, op, peer }) => {
    if (peer && peers.get(candidate)?.verdict === 'unsupported') return null;
    const name = peer ? peerName(candidate, peers.get(candidate)?.about) : shortName(candidate, op);
    return several ? `${op}/${name}` : name;
  };
}

/** The results of a view that count in its means, unseen shapes left out. */
export const resultsOf = ({ record, suite }: View): Result[] =>
  record.results.filter(({ op, unseen }) => suite.ops.includes(op) && !unseen);

/** The records that the views are of, and the newest of all, which may be of none; oldest first, each with its class of machines. */
export function shownRecords({ records, views }: Subject): { record: Record; machine: string }[] {
  const machines = classesOf(records);
  return records
    .map((record, i) => ({ record, machine: machines[i] }))
    .filter(({ record }) => record === records.at(-1) || views.some((view) => view.record === record));
}

/** The views of each class of machines, with what ends an anchor and begins a title: both are empty where there is one class. */
export const panels = ({ views }: Subject) =>
  [...Map.groupBy(views, ({ machine }) => machine)].map(([machine, own], i, all) => {
    return { views: own, anchor: i === 0 ? '' : `${i + 1}`, of: all.length > 1 ? `${machine}: ` : '' };
  });

/** The best candidate of each op, or its first one if none has a mean. */
export const leaders = ({ rows }: View): MeanRow[] =>
  [
    ...new Map(
      rows
        .filter(({ mean }) => !mean.peer)
        .map((row) => [row.mean.op, row])
        .reverse() as [string, MeanRow][],
    ).values(),
  ].reverse();
