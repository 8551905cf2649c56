/** nfold best: the champion of each op among all records here, how many attempts it was chosen from, and whether it holds. */

import { compareRecords } from '../analysis/compare.ts';
import { type Champion, champions } from '../analysis/series.ts';
import { build } from '../build/build.ts';
import { type Catalog, scan } from '../catalog/candidates.ts';
import { matcherFor, select } from '../catalog/select.ts';
import { exit, NfoldError } from '../contract/errors.ts';
import { counted } from '../contract/words.ts';
import { recordFile } from '../records/find.ts';
import type { Record, Summary } from '../records/schema.ts';
import { loadRecord, type Saved, summaries } from '../records/store.ts';
import { interval, multiple } from '../report/format.ts';
import type { Io, Result } from '../report/output.ts';
import { table } from '../report/table.ts';
import type { Interval } from '../stats/interval.ts';
import { measureAndSave } from './bench.ts';
import type { FlagsOf, best as words } from './flags.ts';

type Flags = FlagsOf<typeof words>;

export async function best(selectors: readonly string[], flags: Flags, io: Io): Promise<Result> {
  const { summaries: records, damaged } = summaries();
  damaged.forEach(io.warn);
  const meanings = selectors.map((selector) => among(records, selector));
  const found = champions(records, (id, op) => meanings.length === 0 || meanings.some((means) => means(id, op)));
  if (found.length === 0) {
    const what = selectors.length > 0 ? ` for ${selectors.join(' ')}` : '';
    throw new NfoldError(`No record here holds a mean speedup${what}: 'nfold bench' makes one.`, exit.nothing);
  }
  const again = flags.confirm ? await measureAgain(found, flags, io) : null;
  const confirmed = found.map((champion) => ({
    champion,
    confirmation: again && confirmationOf(champion, again.record),
  }));
  const missing = confirmed.some(({ confirmation }) => confirmation?.mean === null);
  const code = again?.displaced ? exit.failed : again?.record.interrupted ? exit.interrupted : exit.fine;
  const below = again
    ? confirmed.map(({ champion, confirmation }) => inWords(champion, confirmation as Confirmation))
    : ["The best of many attempts is too good on average: 'nfold best --confirm' measures it again."];
  return {
    code: code === exit.fine && missing ? exit.failed : code,
    data: confirmed.map(({ champion, confirmation }) => ({ ...asData(champion), confirmation })),
    text: [asText(found), ...below].join('\n'),
  };
}

/** A candidate of a record may be no file any more, and a file be in no record; what is neither gets the usual sentence. */
function among(records: readonly Summary[], selector: string): ReturnType<typeof matcherFor> {
  const matches = matcherFor(
    selector,
    records.flatMap(({ candidates }) => candidates.map(({ candidate }) => candidate)),
  );
  if (records.some(({ candidates }) => candidates.some(({ candidate, op }) => matches(candidate, op)))) return matches;
  const ids = select([selector], scan()).candidates.map(({ id }) => id);
  return (id) => ids.includes(id);
}

function asText(found: readonly Champion[]): string {
  const columns = [
    { head: 'op' },
    { head: 'best' },
    { head: 'mean speedup' },
    { head: 'chosen from' },
    { head: 'record', spare: 1 },
  ];
  return table(
    columns,
    found.map(({ op, mean, record, attempts, candidates }) => [
      op,
      mean.candidate,
      mean.arithmetic ? `${multiple(mean.arithmetic.value)} ${interval(mean.arithmetic)}` : '-',
      `${counted(attempts, 'attempt')}, ${counted(candidates, 'candidate')}`,
      record.name ?? record.id,
    ]),
  );
}

function asData({ op, mean, record, hash, attempts, candidates }: Champion) {
  return { op, candidate: mean.candidate, record: record.id, hash, arithmetic: mean.arithmetic, attempts, candidates };
}

interface Confirmation {
  readonly record: string;
  readonly interrupted: boolean;
  readonly mean: Interval | null;
  /** New mean / claimed mean. */
  readonly ratio: Interval | null;
  readonly verdict: string | null;
}

/** All champions in one run, on a fresh seed. */
async function measureAgain(found: readonly Champion[], flags: Flags, io: Io): Promise<Saved> {
  const catalog = scan();
  for (const champion of found) {
    await checkUnchanged(champion, catalog);
    // The comparison needs it afterwards: a run must not be in vain.
    loadRecord(recordFile(champion.record.id));
  }
  const note = `confirms ${[...new Set(found.map(({ record }) => record.id))].join(', ')}`;
  return measureAndSave(
    found.map(({ mean }) => mean.candidate),
    { ...flags, note, peers: false },
    io,
  );
}

async function checkUnchanged({ op, mean, record, hash }: Champion, catalog: Catalog) {
  const { candidate } = mean;
  const known = [...catalog.candidates, ...catalog.problems.flatMap(({ namesake }) => namesake ?? [])];
  if (!known.some(({ id }) => id === candidate))
    throw new NfoldError(
      `${candidate}, the best of ${op}, is no longer here: its source is in record ${record.id}.`,
      exit.nothing,
    );
  const [file] = select([candidate], catalog).candidates;
  if (hash !== null && (await build(file)).hash !== hash) {
    throw new NfoldError(
      `${candidate} is not what it was in record ${record.id}, so it cannot be confirmed: 'nfold bench ${candidate}' measures what it is now.`,
      exit.failed,
    );
  }
}

function confirmationOf({ op, mean, record }: Champion, again: Record): Confirmation {
  const rows = compareRecords([loadRecord(recordFile(record.id)), again]).means;
  const row = rows.find((one) => one.op === op && one.candidate === mean.candidate);
  const { ratio = null, verdict = null } = row?.changes[0] ?? {};
  const found = again.means.find((one) => one.op === op && one.candidate === mean.candidate);
  return { record: again.id, interrupted: again.interrupted, mean: found?.arithmetic ?? null, ratio, verdict };
}

function inWords(
  { mean, attempts }: Champion,
  { mean: again, ratio, verdict, record, interrupted }: Confirmation,
): string {
  const { candidate, arithmetic } = mean;
  const claimed = `claimed ${arithmetic ? multiple(arithmetic.value) : '-'}, the best of ${counted(attempts, 'attempt')}`;
  if (!again || !ratio) {
    const why = interrupted ? 'the run was interrupted' : 'it has no mean';
    return `${candidate}: ${claimed}; not confirmed, ${why} (record ${record}).`;
  }
  const now = `${multiple(again.value)} ${interval(again)}`;
  return `${candidate}: ${claimed}; measured again on a fresh seed: ${now}, ${ratio.value.toFixed(3)} of the claim (${verdict ?? '~'}; record ${record}).`;
}
