/** Shows profiles of a training step on a terminal: a row an op, or a group of ops that the candidate has fused. */
import { duration, multiple } from '../report/format.ts';
import { pc } from '../report/screen.ts';
import { type ColumnOf, tableOf } from '../report/table.ts';
import { barColumn } from '../report/track.ts';
import { wrapped } from '../report/width.ts';
import { amdahl, type Profile, type Share } from './profile.ts';

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

/** The shares are not to be trusted if the sum of the rows is further from the step without marks than this. */
const tolerance = 0.1;
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
      .filter(({ part }) => Math.abs(part - 1) > tolerance)
      .map(({ name }) => pc.yellow(`! The ${name}'s rows do not add up to its step within 10 %: run it again.`)),
  ].join('\n');
}

interface Row {
  readonly ops: readonly string[];
  readonly baseline: Omit<Share, 'ops'>;
  readonly candidate: Share | undefined;
}

function opTable(baseline: readonly Share[], candidate: readonly Share[] | null): string {
  const rows = baseline.flatMap((first): Row[] => {
    const isRest = first.ops.length === 0;
    const other = candidate?.find(({ ops }) => (isRest ? ops.length === 0 : ops.includes(first.ops[0])));
    const ops = other?.ops ?? first.ops;
    // The baseline's ops are summed into the candidate's group, which stands where the first of them is.
    if (ops[0] !== first.ops[0]) return [];
    const own = baseline.filter((row) => row === first || ops.includes(row.ops[0]));
    const total = (of: 'timeNs' | 'share') => own.reduce((sum, row) => sum + row[of], 0);
    return [{ ops, baseline: { timeNs: total('timeNs'), share: total('share') }, candidate: other }];
  });
  const maxShare = Math.max(...rows.flatMap((row) => [row.baseline.share, row.candidate?.share ?? 0]));
  const side = (head: 'baseline' | 'candidate'): ColumnOf<Row>[] => [
    { head, align: 'right', text: (row) => duration(row[head]?.timeNs ?? null) },
    { head: 'share', align: 'right', text: ({ [head]: own }) => (own ? percent(own.share) : '-') },
    barColumn(({ [head]: own }) => (own?.share ?? 0) / maxShare, barWidth),
  ];
  const speedup = ({ ops, baseline, candidate }: Row) =>
    multiple(candidate && ops.length > 0 ? baseline.timeNs / candidate.timeNs : null);
  const columns: ColumnOf<Row>[] = [
    { head: 'op', yields: 'above', text: ({ ops }) => nameOf(ops) },
    ...side('baseline'),
  ];
  if (candidate) columns.push(...side('candidate'), { head: 'speedup', align: 'right', text: speedup });
  const atMost = ({ baseline }: Row) => multiple(amdahl(baseline.share, Number.POSITIVE_INFINITY));
  return tableOf([...columns, { head: 'at most', align: 'right', text: atMost }], rows);
}

/** `gelu_forward`, `residual+layernorm_forward`, `crossentropy_softmax_forward+backward`. */
function nameOf(ops: readonly string[]): string {
  if (ops.length === 0) return 'rest';
  const parts = ops.map((op) => op.split(/_(?=forward$|backward$)/));
  const [stems, passes] = [0, 1].map((i) => [...new Set(parts.map((part) => part[i]))]);
  if (stems.length > 1 && passes.length > 1) return ops.join('+');
  return passes[0] ? `${stems.join('+')}_${passes.join('+')}` : stems.join('+');
}

const percent = (share: number) => `${(100 * share).toFixed(share < 0.01 ? 2 : 1)} %`;

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
