/**
 * What a record claims, and whether that holds in a second run of the same sources: each verdict, each mean speedup, and where a record has
 * no mean of a candidate, the speedup at each case. The ratio of the two speedups, here / there, has Welch's interval (stats/welch.ts).
 *
 *   does not hold   the whole interval lies below 1 / (1 + floor); floor: that of both runs together, as `compare` takes it
 *   holds           else, if the interval excludes a loss of more than 20 %
 *   can't be told   else: the interval is too wide; a loss on a disturbed machine; another machine, Node or baseline
 */
import { type Compared, compareRecords, type Row } from '../analysis/compare.ts';
import { otherBaselines } from '../analysis/differences.ts';
import { isSnapshot, snapshotId } from '../contract/variant.ts';
import { counted } from '../contract/words.ts';
import { isBad } from '../judge/verdict.ts';
import { byCandidate } from '../records/byCandidate.ts';
import type { Record } from '../records/schema.ts';
import { ratioInterval } from '../report/format.ts';
import type { Claim } from '../schemas/reproduce.ts';

/** The largest loss of speed that a claim which holds may hide. */
const maxLoss = 0.2;

type Candidate = Record['candidates'][number];

/** Whose verdict claims something: a run that was stopped, or a machine that lacks something, says nothing of a candidate. */
export const claimants = ({ candidates }: Record): Candidate[] =>
  candidates.filter(
    ({ peer, op, verdict, error }) =>
      !peer && op !== null && verdict !== 'unsupported' && error?.code !== 'interrupted',
  );

/** `again`: the run here, null if there is none; `missing`: why a candidate could not be run, by id. */
export function judge(record: Record, again: Record | null, origin: string, missing: ReadonlyMap<string, string>) {
  const here = again && named(again, origin);
  const compared: Compared = here ? compareRecords([record, here]) : { references: [], means: [], cases: [] };
  const inRecord = byCandidate(record);
  const heldHere = here && byCandidate(here);
  const judged = claimants(record).map((candidate) => {
    const op = candidate.op ?? '';
    const own = { op, candidate: candidate.candidate };
    const { mean, results } = inRecord(candidate);
    const found = heldHere?.(candidate).candidate ?? null;
    const lack = missing.get(candidate.candidate) ?? null;
    const disturbedAt = (name: string | null) => {
      const rows = heldHere?.(candidate).results.filter((r) => name === null || r.case === name);
      return rows?.find(({ disturbed }) => disturbed !== null)?.disturbed ?? null;
    };
    const rowOf = (rows: readonly Row[], name: string | null) =>
      rows.find((row) => row.op === op && row.candidate === own.candidate && row.case === name);
    const speedupClaim = (kind: 'mean' | 'case', name: string | null, claimed: Claim['recorded']['speedup']): Claim => {
      const row = rowOf(kind === 'mean' ? compared.means : compared.cases, name);
      const [there, now] = row?.sides ?? [];
      const [change] = row?.changes ?? [];
      const speedup = now?.speedup ?? null;
      const unknown =
        lack ?? (here && doubt(record, here, op)) ?? (speedup ? null : untimed(found, here, disturbedAt(name)));
      return {
        ...own,
        ...{ claim: kind, case: name, cases: speedup ? (row?.cases ?? 0) : 0 },
        recorded: { verdict: candidate.verdict, speedup: (speedup && there?.speedup) || claimed },
        here: found && { verdict: found.verdict, speedup },
        ratio: change?.ratio ?? null,
        ...(unknown === null ? outcomeOf(change, here) : { outcome: "can't be told", why: unknown }),
      };
    };
    const cases = results
      .filter(({ speedup }) => speedup)
      .map((result) => speedupClaim('case', result.case, result.speedup));
    const means = mean?.arithmetic ? [speedupClaim('mean', null, mean.arithmetic)] : cases;
    return { claims: [{ ...own, ...verdictClaim(candidate, found, here, lack) }, ...means], cases };
  });
  return { claims: judged.flatMap(({ claims }) => claims), cases: judged.flatMap(({ cases }) => cases) };
}

/** The record with the ids that its candidates have in the one that it repeats. */
function named(record: Record, origin: string): Record {
  const end = snapshotId('', origin);
  const idOf = (id: string) => (isSnapshot(id) && id.endsWith(end) ? id.slice(0, -end.length) : id);
  const renamed = <T extends { readonly candidate: string }>(rows: readonly T[]) =>
    rows.map((row) => ({ ...row, candidate: idOf(row.candidate) }));
  return {
    ...record,
    candidates: renamed(record.candidates),
    results: renamed(record.results),
    means: renamed(record.means),
    samples: record.samples.map((one) => ({ ...one, variant: idOf(one.variant) })),
  };
}

function verdictClaim(
  claimed: Candidate,
  found: Candidate | null,
  here: Record | null,
  lack: string | null,
): Omit<Claim, 'op' | 'candidate'> {
  const { verdict } = claimed;
  const about = {
    ...({ claim: 'verdict', case: null, cases: 0, ratio: null } as const),
    recorded: { verdict, speedup: null },
    here: found && { verdict: found.verdict, speedup: null },
  };
  const unknown = lack ?? (found ? unjudged(found) : unrun(here));
  if (unknown !== null || !found) return { ...about, outcome: "can't be told", why: unknown };
  const holds = isBad(verdict) === isBad(found.verdict);
  return {
    ...about,
    outcome: holds ? 'holds' : 'does not hold',
    why: holds ? null : (found.message ?? 'it passes here'),
  };
}

/** Why a verdict here says nothing; null if it does. */
function unjudged({ verdict, message, error }: Candidate): string | null {
  return verdict === 'unsupported' || error?.code === 'interrupted' ? message : null;
}

/** Why times here do not compare with those of the record; null if they do. */
function doubt(record: Record, here: Record, op: string): string | null {
  const classOf = ({ machine: { cpu, cores, arch } }: Record) => `${cpu}, ${counted(cores, 'core')}, ${arch}`;
  const major = (version: string) => version.split('.')[0];
  const { runtime: then } = record;
  const { runtime: now } = here;
  if (classOf(record) !== classOf(here)) return `the record is of another machine: ${classOf(record)}`;
  if (major(then.node) !== major(now.node)) return `the record is of another Node: ${then.node}`;
  if (major(then.v8) !== major(now.v8)) return `the record is of another V8: ${then.v8}`;
  const [other] = otherBaselines(record, here).filter((one) => one.op === op);
  return other ? `the baseline of ${op} is another one here: ${other.from} there, ${other.to} here` : null;
}

function untimed(found: Candidate | null, here: Record | null, disturbed: string | null): string {
  if (!found || here?.interrupted) return unrun(here);
  if (disturbed !== null) return `it was disturbed here: ${disturbed}`;
  return found.verdict === 'pass'
    ? 'no case of it was timed here'
    : `it was not timed here: its verdict is ${found.verdict}`;
}

const unrun = (here: Record | null): string =>
  here?.interrupted ? 'the run was stopped before it' : 'it was left out here, as no case of its op was asked for';

const disturbing: readonly string[] = ['busy', 'disturbed', 'oversubscribed', 'pace', 'stolen'];

function outcomeOf(change: Row['changes'][number] | undefined, here: Record | null): Pick<Claim, 'outcome' | 'why'> {
  const { ratio, verdict } = change ?? {};
  const told = (outcome: Claim['outcome'], why: string | null = null) => ({ outcome, why });
  if (!ratio) return told("can't be told", 'no round of one of the two runs was calm');
  if (ratio.low === null || verdict === null)
    return told("can't be told", 'one of the two runs has a single round, which has no interval');
  const found = `${ratio.value.toFixed(3)} of the claim, 95 % interval ${ratioInterval(ratio)}`;
  if (verdict !== 'slower') {
    const wide = `its interval is too wide to exclude a loss of ${100 * maxLoss} %: ${found}`;
    return ratio.low >= 1 - maxLoss ? told('holds') : told("can't be told", wide);
  }
  const disturbed = here?.warnings.some(({ kind }) => disturbing.includes(kind));
  return disturbed ? told("can't be told", `the machine was disturbed: ${found}`) : told('does not hold', found);
}
