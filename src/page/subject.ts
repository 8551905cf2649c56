/** What a page is about: records, of which each suite is shown from the newest, and what else was measured of the same candidates. */
import { suites } from '../../bench/suites.ts';
import { classesOf } from '../analysis/classes.ts';
import type { Mean, Overall, Record, Result, Summary } from '../records/schema.ts';
import { meanRows } from '../report/columns.ts';
import { byMean } from '../stats/means.ts';
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
  const records = given.toSorted((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt));
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

/** The results of a view that count in its means, unseen shapes left out. */
export const resultsOf = ({ record, suite }: View): Result[] =>
  record.results.filter(({ op, unseen }) => suite.ops.includes(op) && !unseen);
