/** Profiles of a training step as a terminal shows them: a row an op, or a group of ops that the candidate has fused. */
import { bar, duration, multiple } from '../report/format.ts';
import { pc } from '../report/screen.ts';
import { type Column, table } from '../report/table.ts';
import type { Profile, Share } from './profile.ts';

interface CandidateProfile extends Profile {
  readonly id: string;
  readonly threads: number;
}

/** The mean speedup of an op's candidate over the op's own cases. */
export interface OpSpeedup {
  readonly op: string;
  readonly candidate: string;
  readonly speedup: number;
  /** Which record says so; null if it was measured now. */
  readonly record: string | null;
}

/** One case, with one candidate or none. */
export interface ProfileReport {
  readonly case: string;
  readonly baseline: Profile;
  readonly candidate: CandidateProfile | null;
  /** What each speedup makes of the whole step, of which the op's baseline takes `share`. */
  readonly amdahl: readonly (OpSpeedup & { readonly share: number; readonly overall: number })[];
}

/** Where the sum of the ops is further from the plain step than this, the shares are not to be trusted. */
const tolerance = 0.1;
const barWidth = 12;

export function reportProfiles(reports: readonly ProfileReport[]): string {
  const blocks = reports.flatMap((report, i) =>
    report.case === reports[i + 1]?.case ? [profileBlock(report)] : [profileBlock(report), amdahlLines(report)],
  );
  return blocks.join('\n\n');
}

function profileBlock({ case: name, baseline, candidate }: ProfileReport): string {
  const many = candidate !== null && candidate.threads > 1;
  const threads = many ? `; the candidate has ${candidate.threads} threads, and its times are those of thread 0` : '';
  const waits = many ? ', and waiting for the other threads' : '';
  return [
    `${pc.bold(candidate?.id ?? 'the baseline')}   one training step, ${name}${threads}`,
    opTable(baseline.ops ?? [], candidate?.ops ?? null),
    pc.dim(`rest: zeroing, the mean loss, hand-offs${waits}`),
    pc.dim('at most: what the whole step of the baseline would gain if the row took no time at all'),
    ...(candidate && !candidate.ops ? [`${candidate.id} marks no ops: only its whole step is known.`] : []),
    ...footer(baseline, candidate),
  ].join('\n');
}

const sideColumns = (head: string): readonly Column[] => [
  { head, align: 'right' },
  { head: 'share', align: 'right' },
  { head: '', spare: 1 },
];
const speedupColumn: Column = { head: 'speedup', align: 'right' };
const atMostColumn: Column = { head: 'at most', align: 'right' };

function opTable(baseline: readonly Share[], candidate: readonly Share[] | null): string {
  const rows = baseline.flatMap((first) => {
    const other = candidate?.find(({ ops }) =>
      first.ops.length === 0 ? ops.length === 0 : ops.includes(first.ops[0]),
    );
    const ops = other?.ops ?? first.ops;
    // The baseline's ops are summed into the candidate's group, which stands where the first of them is.
    if (ops[0] !== first.ops[0]) return [];
    const own = ops.length > 1 ? baseline.filter((row) => ops.includes(row.ops[0])) : [first];
    const total = (of: 'timeNs' | 'share') => own.reduce((sum, row) => sum + row[of], 0);
    return [{ ops, timeNs: total('timeNs'), share: total('share'), other }];
  });
  const greatest = Math.max(...rows.flatMap(({ share, other }) => [share, other?.share ?? 0]));
  const side = (row: { timeNs: number; share: number } | undefined) =>
    row ? [duration(row.timeNs), percent(row.share), bar(row.share / greatest, barWidth)] : ['-', '-', ''];
  const cells = rows.map(({ other, ...row }) => {
    const speedup = other && row.ops.length > 0 ? multiple(row.timeNs / other.timeNs) : '-';
    return [
      nameOf(row.ops),
      ...side(row),
      ...(candidate ? [...side(other), speedup] : []),
      multiple(1 / (1 - row.share)),
    ];
  });
  const columns = [{ head: 'op' }, ...sideColumns('baseline')];
  if (candidate) columns.push(...sideColumns('candidate'), speedupColumn);
  return table([...columns, atMostColumn], cells);
}

/** `gelu_forward`, `residual+layernorm_forward`, `crossentropy_softmax_forward+backward`. */
function nameOf(ops: readonly string[]): string {
  if (ops.length === 0) return 'rest';
  const parts = ops.map((op) => op.split(/_(?=forward$|backward$)/));
  const [stems, passes] = [0, 1].map((i) => [...new Set(parts.map((part) => part[i]))]);
  if (stems.length > 1 && passes.length > 1) return ops.join('+');
  return passes[0] ? `${stems.join('+')}_${passes.join('+')}` : stems.join('+');
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.01 ? 2 : 1)} %`;
}

function footer(baseline: Profile, candidate: CandidateProfile | null): string[] {
  const sides = [{ name: 'baseline', ...baseline }, ...(candidate ? [{ name: 'candidate', ...candidate }] : [])];
  const sums = sides.flatMap(({ name, sumNs, stepNs }) =>
    sumNs === null ? [] : { name, sumNs, part: sumNs / stepNs },
  );
  const speedup = candidate ? `: ${pc.bold(multiple(baseline.stepNs / candidate.stepNs))}` : '';
  const far = sums.filter(({ part }) => Math.abs(part - 1) > tolerance);
  return [
    `step without marks: ${sides.map(({ name, stepNs }) => `${name} ${duration(stepNs)}`).join(', ')}${speedup}`,
    `sum of the rows:    ${sums.map(({ name, sumNs, part }) => `${name} ${duration(sumNs)}, ${percent(part)} of its step`).join('; ')}`,
    ...far.map(({ name }) => pc.yellow(`! The ${name}'s rows do not add up to its step within 10 %: run it again.`)),
  ];
}

function amdahlLines({ amdahl, case: name }: ProfileReport): string {
  if (amdahl.length === 0)
    return "What one op's faster candidate would make of the whole step: 'nfold bench lm_ops' measures them.";
  const lines = amdahl.map(
    ({ op, share, candidate, speedup, overall }) =>
      `  ${op} is ${percent(share)} of the baseline step: ${candidate} with its ${multiple(speedup)} makes that ` +
      `${pc.bold(multiple(overall))} overall`,
  );
  const records = [...new Set(amdahl.flatMap(({ record }) => record ?? []))];
  const source = records.length > 0 ? `means of ${records.join(', ')}` : 'its mean over its cases, measured now';
  return [`One op replaced, all others as they were, ${name} (${source}):`, ...lines].join('\n');
}
