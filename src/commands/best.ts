/** nfold best: the champion of each op among all records here, how many attempts it was chosen from, and whether it holds. */
import picomatch from 'picomatch';
import { suites } from '../../bench/suites.ts';
import { build } from '../build/build.ts';
import { stopCompiler } from '../build/compile.ts';
import { scan } from '../catalog/candidates.ts';
import { exit, NfoldError } from '../contract/errors.ts';
import { compareRecords } from '../records/compare.ts';
import { recordFile } from '../records/find.ts';
import { type Champion, champions } from '../records/series.ts';
import { loadRecord, summaries } from '../records/store.ts';
import { interval, multiple } from '../report/format.ts';
import { print, printJson, warn } from '../report/output.ts';
import { table } from '../report/table.ts';
import { measureAndSave } from './bench.ts';
import type { Flags } from './run.ts';

export async function best(selectors: readonly string[], flags: Flags & { confirm?: boolean }): Promise<void> {
  const { summaries: records, damaged } = summaries();
  for (const message of damaged) warn(`${message} It is passed over.`);
  const spelled = selectors.flatMap((selector) => suites.find(({ name }) => name === selector)?.ops ?? [selector]);
  const matchers = spelled.map((selector) => picomatch(selector));
  const wanted = (id: string, op: string) =>
    spelled.length === 0 || spelled.includes(op) || matchers.some((one) => one(id));
  const found = champions(records, wanted);
  if (found.length === 0) {
    const what = selectors.length > 0 ? ` for ${selectors.join(' ')}` : '';
    throw new NfoldError(`No record here holds a mean speedup${what}: 'nfold bench' makes one.`, exit.nothing);
  }
  const confirmed = [];
  for (const champion of found)
    confirmed.push({ champion, again: flags.confirm ? await confirm(champion, flags) : null });
  if (flags.json)
    return printJson(confirmed.map(({ champion, again }) => ({ ...asData(champion), confirmation: again })));
  print(asText(found));
  for (const { champion, again } of confirmed) if (again) print(inWords(champion, again));
  if (!flags.confirm)
    print("The best of many attempts is too good on average: 'nfold best --confirm' measures it again.");
}

function asText(found: readonly Champion[]): string {
  const columns = [
    { head: 'op' },
    { head: 'best' },
    { head: 'mean speedup' },
    { head: 'chosen from' },
    { head: 'record' },
  ];
  return table(
    columns,
    found.map(({ op, mean, record, attempts, candidates }) => [
      op,
      mean.candidate,
      mean.arithmetic ? `${multiple(mean.arithmetic.value)} ${interval(mean.arithmetic)}` : '-',
      `${attempts} attempt${attempts === 1 ? '' : 's'}, ${candidates} candidate${candidates === 1 ? '' : 's'}`,
      record.name ?? record.id,
    ]),
  );
}

function asData({ op, mean, record, hash, attempts, candidates }: Champion) {
  return { op, candidate: mean.candidate, record: record.id, hash, arithmetic: mean.arithmetic, attempts, candidates };
}

interface Again {
  readonly record: string;
  readonly mean: { readonly value: number; readonly low: number | null; readonly high: number | null } | null;
  readonly ratio: { readonly value: number; readonly low: number | null; readonly high: number | null } | null;
  readonly verdict: string | null;
}

/** A run of its own, on a fresh seed, compared with the one that is claimed. */
async function confirm({ op, mean, record, hash }: Champion, flags: Flags): Promise<Again> {
  const { candidate } = mean;
  const file = scan().candidates.find(({ id }) => id === candidate);
  if (!file)
    throw new NfoldError(
      `${candidate}, the best of ${op}, is no longer here: its source is in record ${record.id}.`,
      exit.nothing,
    );
  const now = (await build(file)).hash;
  stopCompiler();
  if (hash !== null && now !== hash) {
    throw new NfoldError(
      `${candidate} has changed since record ${record.id}, so it cannot be confirmed: 'nfold bench ${candidate}' measures what it is now.`,
      exit.failed,
    );
  }
  const note = `confirms ${record.id}`;
  const { record: again } = await measureAndSave([candidate], { ...flags, note });
  const [row] = compareRecords([loadRecord(recordFile(record.id)), again]).means.filter(
    (one) => one.op === op && one.candidate === candidate,
  );
  const [change] = row.changes;
  return { record: again.id, mean: row.sides[1].speedup, ratio: change.ratio, verdict: change.verdict };
}

function inWords({ mean, attempts }: Champion, { mean: again, ratio, verdict, record }: Again): string {
  const claimed = mean.arithmetic ? multiple(mean.arithmetic.value) : '-';
  if (!again || !ratio) return `${mean.candidate}: not confirmed, it has no mean in record ${record}.`;
  return (
    `${mean.candidate}: ${claimed} was the best of ${attempts}; measured again on a fresh seed ${multiple(again.value)} ${interval(again)}, ` +
    `${ratio.value.toFixed(3)} of it (${verdict ?? '~'}), record ${record}.`
  );
}
