/** nfold best: the champion of each op among all records here, what it was chosen from, and whether it holds. */
import { compareRecords } from '../analysis/compare.ts';
import { type Champion, champions, type Tried, tried } from '../analysis/series.ts';
import { build } from '../build/build.ts';
import { type Catalog, scan } from '../catalog/candidates.ts';
import { matcherFor, select } from '../catalog/select.ts';
import { exit, NfoldError } from '../contract/errors.ts';
import { counted } from '../contract/words.ts';
import { byCandidate } from '../records/byCandidate.ts';
import { recordFile } from '../records/find.ts';
import type { Record, Summary } from '../records/schema.ts';
import { loadRecord, type Saved, summaries } from '../records/store.ts';
import { multiple, speedupText } from '../report/format.ts';
import type { Io, Result } from '../report/output.ts';
import { pc } from '../report/screen.ts';
import { type ColumnOf, tableOf } from '../report/table.ts';
import type { Best } from '../schemas/records.ts';
import { measureAndSave } from './bench.ts';
import type { best as command, FlagsOf } from './flags.ts';
import { threadsOf, words } from './next.ts';

type Flags = FlagsOf<typeof command>;

export async function best(selectors: readonly string[], flags: Flags, io: Io): Promise<Result<Best>> {
  const { summaries: records, damaged } = summaries();
  damaged.forEach(io.warn);
  const matchers = selectors.map((selector) => among(records, selector));
  const ops = tried(records, (id, op) => matchers.length === 0 || matchers.some((matches) => matches(id, op)));
  const found = champions(ops);
  const without = ops.filter(({ op }) => found.every((champion) => champion.op !== op)).map(noMean);
  if (found.length === 0) {
    const what = selectors.length > 0 ? ` for ${selectors.join(' ')}` : '';
    const none = `No record here holds a mean speedup${what}: 'nfold bench' makes one.`;
    throw new NfoldError(without.length > 0 ? without.join('; ') : none, exit.nothing);
  }
  const again = flags.confirm ? await measureAgain(found, flags, io) : null;
  const confirmations = again && found.map((champion) => confirmationOf(champion, again.record));
  const failed = again?.displaced || confirmations?.some(({ mean }) => mean === null);
  const lines =
    confirmations?.map((confirmation, i) => inWords(found[i], confirmation, again as Saved)) ?? doubt(found, selectors);
  return {
    code: again?.record.interrupted && !again.displaced ? exit.interrupted : failed ? exit.failed : exit.fine,
    data: found.map((champion, i) => ({ ...asData(champion), confirmation: confirmations?.[i] ?? null })),
    text: [tableOf(columns, found), pc.dim(legend), ...found.flatMap(notCounted), ...without, ...lines].join('\n'),
  };
}

const legend =
  'an attempt: a candidate in a record here, whether it passed or not, with all of its cases timed, some or none';

/** Nothing was chosen where there is only one mean. */
function doubt(found: readonly Champion[], selectors: readonly string[]): string[] {
  const again = words('best', ...selectors, '--confirm', ...threadsOf(found.map(({ record }) => record)));
  const sentence = `The best of many attempts is too good on average: '${again}' measures it again.`;
  return found.some(({ means }) => means > 1) ? [sentence] : [];
}

const notCounted = ({ op, elsewhere }: Champion) =>
  elsewhere > 0
    ? [`Not counted: ${counted(elsewhere, 'attempt')} at ${op} with another baseline or on another machine.`]
    : [];

/** Why an op that was attempted has no mean, and what makes one. */
function noMean({ op, attempts }: Tried): string {
  const part = attempts.filter(({ timed, verdict }) => timed && verdict === 'pass');
  const failed = attempts.filter(({ verdict }) => verdict !== 'pass').length;
  const said = [
    part.length > 0 && `${part.length} timed only some of its cases`,
    failed > 0 && `${failed} did not pass`,
    part.length + failed < attempts.length && `${attempts.length - part.length - failed} had no time`,
  ].filter(Boolean);
  const { candidate } = part.at(-1) ?? attempts[attempts.length - 1];
  const next = part.length > 0 || failed === 0 ? words('bench', candidate) : words('verify', candidate);
  return `${op} has no mean: of ${counted(attempts.length, 'attempt')}, ${said.join(', ')}; next: ${next}`;
}

/** `3 attempts, 1 candidate`; `2 means of 5 attempts, 1 candidate` */
function chosenFrom({ means, attempts, candidates }: Champion): string {
  const of = means < attempts ? `${counted(means, 'mean')} of ` : '';
  return `${of}${counted(attempts, 'attempt')}, ${counted(candidates, 'candidate')}`;
}

/** Matches what records hold, whose files may be gone; if nothing there matches, the files that the selector means. */
function among(records: readonly Summary[], selector: string): ReturnType<typeof matcherFor> {
  const known = records.flatMap(({ candidates }) => candidates);
  const ids = known.map(({ candidate }) => candidate);
  const matches = matcherFor(selector, ids);
  if (known.some(({ candidate, op }) => matches(candidate, op))) return matches;
  const files = select([selector], scan()).candidates;
  return (id) => files.some((file) => file.id === id);
}

const columns: readonly ColumnOf<Champion>[] = [
  { head: 'op', text: ({ op }) => op },
  { head: 'best', text: ({ mean }) => mean.candidate },
  { head: 'mean speedup', text: ({ mean }) => speedupText(mean.arithmetic) },
  { head: 'chosen from', text: chosenFrom },
  { head: 'record', spare: 1, text: ({ record }) => record.name ?? record.id },
];

function asData({ op, mean, record, hash, ...counts }: Champion) {
  return { op, candidate: mean.candidate, record: record.id, hash, arithmetic: mean.arithmetic, ...counts };
}

/** All champions in one run, on a fresh seed. */
async function measureAgain(found: readonly Champion[], flags: Flags, io: Io): Promise<Saved> {
  const catalog = scan();
  for (const champion of found) {
    await checkUnchanged(champion, catalog);
    // The comparison needs the record afterwards: if it is damaged, there is no point in a run.
    loadRecord(recordFile(champion.record.id));
  }
  const note = `confirms ${[...new Set(found.map(({ record }) => record.id))].join(', ')}`;
  const selectors = found.map(({ mean }) => mean.candidate);
  return measureAndSave(selectors, { ...flags, note, peers: false }, io);
}

async function checkUnchanged({ op, mean, record, hash }: Champion, catalog: Catalog) {
  const { candidate } = mean;
  const known = [...catalog.candidates, ...catalog.problems.flatMap(({ namesake }) => namesake ?? [])];
  if (!known.some(({ id }) => id === candidate)) {
    const gone = `${candidate}, the best of ${op}, is no longer here: its source is in record ${record.id}.`;
    throw new NfoldError(gone, exit.nothing);
  }
  const [file] = select([candidate], catalog).candidates;
  if (hash !== null && (await build(file)).hash !== hash) {
    const changed = `${candidate} has changed since record ${record.id}, so it cannot be confirmed`;
    throw new NfoldError(`${changed}: 'nfold bench ${candidate}' measures what it is now.`, exit.failed);
  }
}

/** The new mean, and its ratio to the claimed one; both null if the run has no mean of the candidate. */
function confirmationOf({ mean, record }: Champion, again: Record) {
  const rows = compareRecords([loadRecord(recordFile(record.id)), again]).means;
  const row = rows.find(({ op, candidate }) => op === mean.op && candidate === mean.candidate);
  const { ratio = null, verdict = null } = row?.changes[0] ?? {};
  const found = byCandidate(again)(mean).mean?.arithmetic ?? null;
  return { record: again.id, interrupted: again.interrupted, mean: found, ratio, verdict };
}

function inWords(champion: Champion, again: ReturnType<typeof confirmationOf>, saved: Saved): string {
  const { mean } = champion;
  const { effort, threads } = saved.record;
  const { ratio, verdict, record } = again;
  const best = `the best of ${chosenFrom(champion)}`;
  const claimed = `${mean.candidate}: claimed ${multiple(mean.arithmetic?.value ?? null)}, ${best}`;
  if (!again.mean || !ratio) {
    const why = again.interrupted ? 'the run was interrupted' : 'it has no mean';
    return `${claimed}; not confirmed, ${why} (record ${record}).`;
  }
  const now = `${speedupText(again.mean)}, ${ratio.value.toFixed(3)} of the claim`;
  const before = champion.record.threads;
  const other = before === threads ? '' : ` The claim was made with --threads ${before ?? 'unknown'}.`;
  const more =
    effort === 'thorough'
      ? ` '${words('doctor')}' says what disturbs times here.`
      : ` More rounds: ${words('best', mean.candidate, '--confirm', '--thorough', ...threadsOf([champion.record]))}`;
  const next = verdict === 'inconclusive' ? more : '';
  return `${claimed}; measured again on a fresh seed: ${now} (${verdict ?? '~'}; record ${record}).${other}${next}`;
}
