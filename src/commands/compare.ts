/** nfold compare: records against the first of them, and a gate if one is asked for. */
import { type Compared, compareRecords } from '../analysis/compare.ts';
import { otherBaselines, otherMachine } from '../analysis/differences.ts';
import { exit, NfoldError } from '../contract/errors.ts';
import { counted } from '../contract/words.ts';
import { findRecord } from '../records/find.ts';
import type { Record } from '../records/schema.ts';
import { loadRecord } from '../records/store.ts';
import { labelOf, reportCompared } from '../report/compare.ts';
import { digits } from '../report/format.ts';
import type { Io, Result } from '../report/output.ts';
import { comparedData, reported, reportersOf } from '../report/reporters.ts';
import { pc } from '../report/screen.ts';
import type { Comparison } from '../schemas/records.ts';
import type { FlagsOf, compare as words } from './flags.ts';

export async function compare(
  references: readonly string[],
  flags: FlagsOf<typeof words>,
  io: Io,
): Promise<Result<Comparison>> {
  if (references.length < 2)
    throw new NfoldError("There is nothing to compare one record with: give two, such as 'nfold compare last~1 last'.");
  const { failBelow, acrossMachines } = flags;
  const reporters = reportersOf(flags, 'comparison');
  const records = references.map((reference) => loadRecord(findRecord(reference, io.warn)));
  const [first, ...others] = records;
  if (!flags.force) refuseOtherBaselines(records);
  if (failBelow === undefined && acrossMachines)
    throw new NfoldError(
      '--across-machines goes with --fail-below: without a gate, records of two machines compare anyway.',
    );
  if (failBelow !== undefined && !acrossMachines) for (const other of others) refuseOtherMachine(first, other);
  const compared = compareRecords(records);
  const failures = failBelow === undefined ? [] : gate(records, compared, failBelow);
  const text = [reportCompared(records, compared), ...(flags.diff ? await patches(first, others) : [])].join('\n');
  const code = failures.length > 0 ? exit.failed : exit.fine;
  const own = { code, data: comparedData({ records, compared }), text };
  const result = reported(reporters, { records, compared }, own, io);
  // The gate speaks on stderr, below the table: stdout may be data alone.
  const after = async () => {
    const done = await result.after?.();
    for (const failure of failures) io.note(`${pc.red('x')} ${failure}`);
    if (failures.length > 0) for (const other of others) doubts(first, other).forEach(io.warn);
    return done ?? result;
  };
  return { ...result, after };
}

/** Throws NfoldError for a record whose baselines are not those of the first. */
export function refuseOtherBaselines([first, ...others]: readonly Record[]): void {
  for (const other of others) refuseOtherBaseline(first, other);
}

function refuseOtherBaseline(a: Record, b: Record): void {
  const others = otherBaselines(a, b);
  if (others.length === 0) return;
  const ops = others.map(({ op, from, to }) => `${op} (${from} and ${to})`).join(', ');
  throw new NfoldError(
    `${labelOf(a)} and ${labelOf(b)} used different baselines of ${ops}, so their speedups are not comparable. --force compares them anyway.`,
    'not-comparable',
  );
}

/** Speedups of two machines differ without any change of a kernel, so a gate between them may fail for no fault of it. */
function refuseOtherMachine(a: Record, b: Record): void {
  if (!otherMachine(a, b)) return;
  throw new NfoldError(
    `${labelOf(a)} is of ${machineOf(a)} and ${labelOf(b)} of ${machineOf(b)}: from one machine to another, speedups differ without any change of a kernel. Measure both on one machine, or give --across-machines to judge them anyway.`,
    'not-comparable',
  );
}

const machineOf = ({ machine: { cpu, cores, os, arch } }: Record) => `${cpu}, ${counted(cores, 'core')}, ${os} ${arch}`;

const nodeOf = ({ runtime: { node, v8 } }: Record) => `Node ${node}, V8 ${v8}`;

/** Other possible causes of a failure than the kernel. */
function doubts(a: Record, b: Record): string[] {
  const doubt = (what: string, of: (record: Record) => string) =>
    `${labelOf(a)} and ${labelOf(b)} are of two ${what} (${of(a)}; ${of(b)}): that alone can change a speedup.`;
  return [
    ...(otherMachine(a, b) ? [doubt('machines', machineOf)] : []),
    ...(nodeOf(a) === nodeOf(b) ? [] : [doubt('versions of Node', nodeOf)]),
  ];
}

/** An empty line and the source diff of each record with the first; the package that makes diffs is loaded only for this. */
async function patches(a: Record, others: readonly Record[]): Promise<string[]> {
  const { sourceDiff } = await import('../analysis/sourceDiff.ts');
  const patchOf = (b: Record) => {
    if ([a, b].some(({ texts }) => Object.keys(texts).length === 0))
      return `No source diff of ${a.id} and ${b.id}: one of them is of version 1, which kept no sources.`;
    return sourceDiff(a, b) || `The sources of ${a.id} and ${b.id} are the same.`;
  };
  return ['', ...others.map(patchOf)];
}

/**
 * Fails for a candidate whose mean, or else a case, is slower, beyond noise, by more than the gate allows, and for one that no
 * longer passes. What may be below the gate, but is not certain to be, does not fail.
 */
function gate([first, ...others]: readonly Record[], { means, cases }: Compared, limit: number): string[] {
  const slower = [...means, ...cases].flatMap(({ peer, candidate, case: name, changes }) =>
    changes.flatMap(({ ratio, verdict }, i) => {
      if (peer || !ratio || verdict !== 'slower' || ratio.value >= limit) return [];
      const place = name === null ? `The mean of ${candidate}` : `${candidate} at ${name}`;
      return `${place} is ${digits(ratio.value)}x as fast in ${labelOf(others[i])} as in ${labelOf(first)}, below ${limit}.`;
    }),
  );
  const passed = new Set(first.candidates.flatMap((c) => (c.verdict === 'pass' ? c.candidate : [])));
  const broken = others.flatMap((record) =>
    record.candidates
      .filter(({ candidate, peer, verdict }) => !peer && verdict !== 'pass' && passed.has(candidate))
      .map((c) => `${c.candidate} passed in ${labelOf(first)} and does not in ${labelOf(record)}: ${c.message}`),
  );
  return [...slower, ...broken];
}
