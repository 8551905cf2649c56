/** nfold compare: records against the first of them, and a gate if one is asked for. */

import { type Compared, compareRecords, type Row } from '../analysis/compare.ts';
import { otherBaselines, otherMachine, sourceDiff } from '../analysis/differences.ts';
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
import type { FlagsOf, compare as words } from './flags.ts';

export function compare(references: readonly string[], flags: FlagsOf<typeof words>, io: Io): Result {
  if (references.length < 2) {
    throw new NfoldError(`One record compares with nothing: give two, such as 'nfold compare last~1 last'.`);
  }
  const reporters = reportersOf(flags, 'comparison');
  const records = references.map((reference) => loadRecord(findRecord(reference, io.warn)));
  const [first, ...others] = records;
  for (const other of others) if (!flags.force) refuseOtherBaselines(first, other);
  if (flags.failBelow === undefined && flags.acrossMachines)
    throw new NfoldError(
      '--across-machines goes with --fail-below: without a gate, records of two machines compare anyway.',
    );
  const elsewhere = others.find((other) => otherMachine(first, other));
  if (flags.failBelow !== undefined && elsewhere && !flags.acrossMachines) refuseOtherMachine(first, elsewhere);
  const compared = compareRecords(records);
  const failures = flags.failBelow === undefined ? [] : gate(records, compared, flags.failBelow);
  const patches = flags.diff ? ['', ...others.map((other) => patchText(first, other))] : [];
  const result = reported(
    reporters,
    { records, compared },
    {
      code: failures.length > 0 ? exit.failed : exit.fine,
      data: comparedData({ records, compared }),
      text: [reportCompared(records, compared), ...patches].join('\n'),
    },
    io,
  );
  // The gate speaks on stderr, below the table: stdout may be data alone.
  const after = async () => {
    const done = await result.after?.();
    for (const failure of failures) io.note(`${pc.red('x')} ${failure}`);
    if (failures.length > 0) doubts(first, others).forEach(io.warn);
    return done ?? result;
  };
  return { ...result, after };
}

function refuseOtherBaselines(a: Record, b: Record): void {
  const others = otherBaselines(a, b);
  if (others.length === 0) return;
  const ops = others.map(({ op, from, to }) => `${op} (${from} and ${to})`).join(', ');
  throw new NfoldError(
    `${labelOf(a)} and ${labelOf(b)} used different baselines of ${ops}, so their speedups are not comparable. --force compares them anyway.`,
  );
}

/** A gate that fails for the machine's sake says nothing of the kernel. */
function refuseOtherMachine(a: Record, b: Record): void {
  throw new NfoldError(
    `${labelOf(a)} is of ${machineOf(a)} and ${labelOf(b)} of ${machineOf(b)}: from one machine to another, speedups differ without any change of a kernel. Measure both on one machine, or give --across-machines to judge all the same.`,
  );
}

function machineOf({ machine: { cpu, cores, os, arch } }: Record): string {
  return `${cpu}, ${counted(cores, 'core')}, ${os} ${arch}`;
}

/** Other possible causes of a failure than the kernel. */
function doubts(a: Record, others: readonly Record[]): string[] {
  const said = new Set<string>();
  for (const b of others) {
    const both = `${labelOf(a)} and ${labelOf(b)}`;
    if (otherMachine(a, b))
      said.add(`${both} are of two machines (${machineOf(a)}; ${machineOf(b)}): that alone can change a speedup.`);
    const [from, to] = [a, b].map(({ runtime: { node, v8 } }) => `Node ${node}, V8 ${v8}`);
    if (from !== to) said.add(`${both} are of two versions of Node (${from}; ${to}): that alone can change a speedup.`);
  }
  return [...said];
}

function patchText(a: Record, b: Record): string {
  const patch = sourceDiff(a, b);
  const known = [a, b].every(({ texts }) => Object.keys(texts).length > 0);
  if (!known) return `No source diff of ${a.id} and ${b.id}: one of them is of version 1, which kept no sources.`;
  return patch || `The sources of ${a.id} and ${b.id} are the same.`;
}

/**
 * Fails for a candidate whose mean, or else a case, is slower, beyond noise, by more than the gate allows, and for one that no
 * longer passes. What is below the gate without being certain does not fail.
 */
function gate(records: readonly Record[], { means, cases }: Compared, limit: number): string[] {
  const own = [...means, ...cases].filter(({ peer }) => !peer);
  const slower = own.flatMap((row) =>
    row.changes.flatMap(({ ratio, verdict }, i) => {
      if (!ratio || verdict !== 'slower' || ratio.value >= limit) return [];
      return [
        `${place(row)} is ${digits(ratio.value)}x as fast in ${labelOf(records[i + 1])} as in ${labelOf(records[0])}, below ${limit}.`,
      ];
    }),
  );
  const broken = records
    .slice(1)
    .flatMap((record) =>
      record.candidates
        .filter(({ candidate, peer, verdict }) => !peer && verdict !== 'pass' && passed(records[0], candidate))
        .map(
          ({ candidate, message }) =>
            `${candidate} passed in ${labelOf(records[0])} and does not in ${labelOf(record)}: ${message}`,
        ),
    );
  return [...slower, ...broken];
}

const place = (row: Row) => (row.case === null ? `The mean of ${row.candidate}` : `${row.candidate} at ${row.case}`);

const passed = (record: Record, candidate: string) =>
  record.candidates.some((c) => c.candidate === candidate && c.verdict === 'pass');
