/** nfold compare: records against the first of them or of their class of machines, and a gate if one is asked for. */
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
import { inWindow, pc } from '../report/screen.ts';
import { remedyOf } from '../report/warnings.ts';
import type { Comparison } from '../schemas/records.ts';
import type { FlagsOf, compare as words } from './flags.ts';
import { whatNext } from './inconclusive.ts';

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
  if (!flags.force) refuseOtherBaselines(records);
  if (failBelow === undefined && acrossMachines)
    throw new NfoldError(
      '--across-machines goes with --fail-below: without a gate, records of two machines compare anyway.',
    );
  const compared = compareRecords(records);
  const pairs = compared.references.map((reference, i): Pair => ({ from: records[reference], to: records[i + 1], i }));
  // The first record of a class is what others are judged by, and is not judged itself.
  const judged = acrossMachines ? pairs : pairs.filter(({ i }) => !compared.references.includes(i + 1));
  if (failBelow !== undefined && !acrossMachines) judged.forEach(refuseOtherMachine);
  const failures = failBelow === undefined ? [] : gate(judged, compared, failBelow);
  const report = inWindow(flags.wide === true, () => [
    reportCompared(records, compared),
    ...whatNext(records, compared),
  ]);
  const text = [...report, ...(flags.diff ? await patches(pairs) : [])].join('\n');
  const code = failures.length > 0 ? exit.failed : exit.fine;
  const own = { code, data: comparedData({ records, compared }), text };
  const result = reported(reporters, { records, compared }, own, io);
  // The gate speaks on stderr, below the table: stdout may be data alone.
  const after = async () => {
    const done = await result.after?.();
    for (const failure of failures) io.note(`${pc.red('x')} ${failure}`);
    if (failures.length > 0) judged.flatMap(doubts).forEach(io.warn);
    if (failBelow !== undefined) unjudged(judged, compared).forEach(io.warn);
    return done ?? result;
  };
  return { ...result, after };
}

/** A record, and the one that it is compared with; `i` is the index of the change in each row. */
interface Pair {
  readonly from: Record;
  readonly to: Record;
  readonly i: number;
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
function refuseOtherMachine({ from: a, to: b }: Pair): void {
  if (!otherMachine(a, b)) return;
  throw new NfoldError(
    `${labelOf(a)} is of ${machineOf(a)} and ${labelOf(b)} of ${machineOf(b)}: from one machine to another, speedups differ without any change of a kernel. Measure both on one machine, or give --across-machines to judge them anyway.`,
    'not-comparable',
  );
}

const machineOf = ({ machine: { cpu, cores, os, arch } }: Record) => `${cpu}, ${counted(cores, 'core')}, ${os} ${arch}`;

const nodeOf = ({ runtime: { node, v8 } }: Record) => `Node ${node}, V8 ${v8}`;

/** A gate says nothing of a speedup that is withheld; a sentence for each record that has some. */
function unjudged(pairs: readonly Pair[], { cases }: Compared): string[] {
  return pairs.flatMap(({ to, i }) => {
    const disturbed = cases.filter(({ peer, sides }) => !peer && sides[i + 1].why === 'disturbed');
    const [first] = disturbed;
    if (!first) return [];
    const which = `${counted(disturbed.length, 'speedup')} of ${labelOf(to)} (${first.candidate} at ${first.case}${disturbed.length > 1 ? ' and others' : ''})`;
    return `The gate does not judge ${which}: the run was disturbed. ${remedyOf(to, [first.candidate])}`;
  });
}

/** Other possible causes of a failure than the kernel. */
function doubts({ from: a, to: b }: Pair): string[] {
  const doubt = (what: string, of: (record: Record) => string) =>
    `${labelOf(a)} and ${labelOf(b)} are of two ${what} (${of(a)}; ${of(b)}): that alone can change a speedup.`;
  return [
    ...(otherMachine(a, b) ? [doubt('machines', machineOf)] : []),
    ...(nodeOf(a) === nodeOf(b) ? [] : [doubt('versions of Node', nodeOf)]),
  ];
}

/** An empty line and the source diff of each pair; the package that makes diffs is loaded only for this. */
async function patches(pairs: readonly Pair[]): Promise<string[]> {
  const { sourceDiff } = await import('../analysis/sourceDiff.ts');
  const patchOf = ({ from: a, to: b }: Pair) => {
    if ([a, b].some(({ texts }) => Object.keys(texts).length === 0))
      return `No source diff of ${a.id} and ${b.id}: one of them is of version 1, which kept no sources.`;
    return sourceDiff(a, b) || `The sources of ${a.id} and ${b.id} are the same.`;
  };
  return ['', ...pairs.map(patchOf)];
}

/**
 * Fails for a candidate whose mean, or else a case, is slower, beyond noise, by more than the gate allows, and for one that no
 * longer passes. What may be below the gate, but is not certain to be, does not fail.
 */
function gate(pairs: readonly Pair[], { means, cases }: Compared, limit: number): string[] {
  const slower = [...means, ...cases].flatMap(({ peer, candidate, case: name, changes }) =>
    pairs.flatMap(({ from, to, i }) => {
      const { ratio, verdict } = changes[i];
      if (peer || !ratio || verdict !== 'slower' || ratio.value >= limit) return [];
      const place = name === null ? `The mean of ${candidate}` : `${candidate} at ${name}`;
      return `${place} is ${digits(ratio.value)}x as fast in ${labelOf(to)} as in ${labelOf(from)}, below ${limit}.`;
    }),
  );
  const broken = pairs.flatMap(({ from, to }) => {
    const passed = new Set(from.candidates.flatMap((c) => (c.verdict === 'pass' ? c.candidate : [])));
    return to.candidates
      .filter(({ candidate, peer, verdict }) => !peer && verdict !== 'pass' && passed.has(candidate))
      .map((c) => `${c.candidate} passed in ${labelOf(from)} and does not in ${labelOf(to)}: ${c.message}`);
  });
  return [...slower, ...broken];
}
