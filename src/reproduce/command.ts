/** nfold reproduce: a record's sources once more, under its own seed and settings, and its claims beside what comes out. */
import { suitesOf } from '../../bench/suites.ts';
import { type Snapshot, withSnapshots } from '../build/snapshot.ts';
import { loadOp, opNames } from '../catalog/ops.ts';
import { measureAndSave } from '../commands/bench.ts';
import { exit, NfoldError } from '../contract/errors.ts';
import { usableCores } from '../machine/cpus.ts';
import { findRecord } from '../records/find.ts';
import type { Record } from '../records/schema.ts';
import { originOf, snapshotOf } from '../records/snapshot.ts';
import { loadRecord, type Saved } from '../records/store.ts';
import type { Io, Result } from '../report/output.ts';
import type { Reproduced } from '../schemas/reproduce.ts';
import { claimants, judge } from './claims.ts';
import type { ReproduceFlags } from './flags.ts';
import { reportClaims } from './report.ts';

export async function reproduce(reference: string, flags: ReproduceFlags, io: Io): Promise<Result<Reproduced>> {
  const record = loadRecord(findRecord(reference, io.warn));
  if (claimants(record).length === 0)
    throw new NfoldError(`Record ${record.id} claims nothing: no candidate of it was verified.`, exit.nothing);
  if (!ownTexts.includes(record.text) && flags.text === undefined)
    throw new NfoldError(
      `Record ${record.id} is of the text ${record.text}, which it does not hold: give it with --text.`,
    );
  const { snapshots, missing, cases: timed } = await sourcesOf(record);
  const filter = flags.case ?? (record.caseFilter === null ? undefined : timed.join('|') || undefined);
  const saved = snapshots.length === 0 ? null : await runAgain(record, snapshots, { ...flags, case: filter }, io);
  io.endOnStop();
  const again = saved?.record ?? null;
  const { claims, cases } = judge(record, again, originOf(record), missing);
  const interrupted = again?.interrupted ?? false;
  const failed = saved?.displaced || claims.some(({ outcome }) => outcome === 'does not hold');
  return {
    code: failed ? exit.failed : interrupted ? exit.interrupted : exit.fine,
    data: { record: record.id, again: again?.id ?? null, interrupted, claims, cases },
    text: reportClaims(record, claims, saved),
  };
}

/** As for --threads. */
const maxThreads = 256;

/** As catalog/text.ts calls them. */
const ownTexts: readonly string[] = ['Moby Dick', 'none'];

/** The sources that can be run here, and by candidate, why others cannot; and the cases of the record that there are here. */
async function sourcesOf(record: Record) {
  const ops = opNames();
  const snapshots: Snapshot[] = [];
  const missing = new Map<string, string>();
  const cases = new Set<string>();
  const inRecord = new Set(record.results.map((result) => result.case));
  for (const row of claimants(record)) {
    const { candidate, op } = row;
    if (op === null || !ops.includes(op)) {
      missing.set(candidate, `there is no op ${op} here`);
      continue;
    }
    const loaded = await loadOp(op);
    const snapshot = snapshotOf(record, row, loaded);
    if (snapshot) snapshots.push(snapshot);
    else missing.set(candidate, 'the record does not hold its source');
    for (const name of loaded.cases.map((one) => loaded.caseName(one))) if (inRecord.has(name)) cases.add(name);
  }
  return { snapshots, missing, cases: [...cases] };
}

/** The ids of the candidates say that they are of the record, so history and best do not take them for candidates of this folder. */
function runAgain(record: Record, snapshots: readonly Snapshot[], flags: ReproduceFlags, io: Io): Promise<Saved> {
  const peers = record.candidates.flatMap(({ peer, candidate }) => (peer ? [candidate] : []));
  const suites = suitesOf(opNames()).map((suite) => {
    const known = [...suite.peers, ...suite.slowPeers].filter((name) => peers.includes(name));
    return { ...suite, peers: known, slowPeers: [], intermediates: [] };
  });
  const { effort, seed, threads } = record;
  const settings = {
    ...{ effort, seed, note: `reproduces ${record.id}` },
    ...{ threads: threads === null ? usableCores() : Math.min(Math.max(1, threads), maxThreads) },
    ...{ case: flags.case, text: flags.text },
  };
  return withSnapshots(snapshots, (candidates) =>
    measureAndSave([], settings, io, { byDefault: { effort, suites }, selection: { candidates, problems: [] } }),
  );
}
