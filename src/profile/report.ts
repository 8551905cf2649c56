/** Shows profiles of a training step on a terminal: a row an op, or a group of ops that the candidate has fused. */
import { duration, multiple } from '../report/format.ts';
import { nameOf, type Part, partsOf, percent, type Share, sumTolerance } from '../report/parts.ts';
import { pc } from '../report/screen.ts';
import { type ColumnOf, tableOf } from '../report/table.ts';
import { barColumn } from '../report/track.ts';
import { wrapped } from '../report/width.ts';
import { amdahl } from '../stats/amdahl.ts';
import type { Profile } from './profile.ts';

/** The mean speedup of an op's candidate over the op's own cases. */
export interface OpSpeedup {
  readonly op: string;
  readonly candidate: string;
  readonly speedup: number;
  /** The record that has it; null if it was measured now. */
  readonly record: string | null;
}

/** One case, with one candidate or none. */
export interface ProfileReport {
  readonly case: string;
  readonly baseline: Profile;
  readonly candidate: (Profile & { readonly id: string; readonly threads: number }) | null;
  /** What each speedup makes of the whole step, of which the op's baseline takes `share`. */
  readonly amdahl: readonly (OpSpeedup & { readonly share: number; readonly overall: number })[];
}

const barWidth = 12;

export function reportProfiles(reports: readonly ProfileReport[]): string {
  const blocks = reports.flatMap((report, i) =>
    report.case === reports[i + 1]?.case ? [profileBlock(report)] : [profileBlock(report), amdahlLines(report)],
  );
  return wrapped(blocks.join('\n\n'));
}

function profileBlock({ case: name, baseline, candidate }: ProfileReport): string {
  const many = candidate !== null && candidate.threads > 1;
  const threads = many ? `; the candidate has ${candidate.threads} threads, and its times are those of thread 0` : '';
  const waits = many ? ', and waiting for the other threads' : '';
  const sides = [{ name: 'baseline', ...baseline }, ...(candidate ? [{ name: 'candidate', ...candidate }] : [])];
  const steps = sides.map(({ name, stepNs }) => `${name} ${duration(stepNs)}`).join(', ');
  const speedup = candidate ? `: ${pc.bold(multiple(baseline.stepNs / candidate.stepNs))}` : '';
  const sums = sides.flatMap(({ name, sumNs, stepNs }) =>
    sumNs === null ? [] : { name, sumNs, part: sumNs / stepNs },
  );
  const sumsText = sums.map(({ name, sumNs, part }) => `${name} ${duration(sumNs)}, ${percent(part)} of its step`);
  return [
    `${pc.bold(candidate?.id ?? 'the baseline')}   one training step, ${name}${threads}`,
    opTable(baseline.ops ?? [], candidate?.ops ?? null),
    pc.dim(`rest: zeroing, the mean loss, hand-offs${waits}`),
    pc.dim('at most: what the whole step of the baseline would gain if the row took no time at all'),
    ...(candidate && !candidate.ops ? [`${candidate.id} marks no ops: only its whole step is known.`] : []),
    `step without marks: ${steps}${speedup}`,
    `sum of the rows:    ${sumsText.join('; ')}`,
    ...sums
      .filter(({ part }) => Math.abs(part - 1) > sumTolerance)
      .map(({ name }) => pc.yellow(`! The ${name}'s rows do not add up to its step within 10 %: run it again.`)),
  ].join('\n');
}

function opTable(baseline: readonly Share[], candidate: readonly Share[] | null): string {
  const rows = partsOf(baseline, candidate);
  const maxShare = Math.max(...rows.flatMap((row) => [row.baseline.share, row.candidate?.share ?? 0]));
  const side = (head: 'baseline' | 'candidate'): ColumnOf<Part>[] => [
    { head, align: 'right', text: (row) => duration(row[head]?.timeNs ?? null) },
    { head: 'share', align: 'right', text: ({ [head]: own }) => (own ? percent(own.share) : '-') },
    barColumn(({ [head]: own }) => (own?.share ?? 0) / maxShare, barWidth),
  ];
  const speedup = ({ ops, baseline, candidate }: Part) =>
    multiple(candidate && ops.length > 0 ? baseline.timeNs / candidate.timeNs : null);
  const columns: ColumnOf<Part>[] = [
    { head: 'op', yields: 'above', text: ({ ops }) => nameOf(ops) },
    ...side('baseline'),
  ];
  if (candidate) columns.push(...side('candidate'), { head: 'speedup', align: 'right', text: speedup });
  const atMost = ({ baseline }: Part) => multiple(amdahl(baseline.share, Number.POSITIVE_INFINITY));
  return tableOf([...columns, { head: 'at most', align: 'right', text: atMost }], rows);
}

function amdahlLines({ amdahl, case: name }: ProfileReport): string {
  if (amdahl.length === 0)
    return "To see what one op's faster candidate would make of the whole step, measure the ops: 'nfold bench lm_ops'.";
  const lines = amdahl.map(
    ({ op, share, candidate, speedup, overall }) =>
      `  ${op} is ${percent(share)} of the baseline step: ${candidate} with its ${multiple(speedup)} makes that ` +
      `${pc.bold(multiple(overall))} overall`,
  );
  const records = [...new Set(amdahl.flatMap(({ record }) => record ?? []))];
  const source = records.length > 0 ? `means of ${records.join(', ')}` : 'its mean over its cases, measured now';
  return [`One op replaced, all others as they were, ${name} (${source}):`, ...lines].join('\n');
}
