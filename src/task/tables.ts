/** What `nfold task score` prints: the attempts class by class, then what holds where, the hosts, and what is still to come. */
import { words } from '../commands/next.ts';
import { counted } from '../contract/words.ts';
import { isBad } from '../judge/verdict.ts';
import type { Score } from '../records/score.ts';
import { digits, interval, minute, multiple, ratioInterval, verdictMark } from '../report/format.ts';
import { ladderText } from '../report/ladder.ts';
import { pc } from '../report/screen.ts';
import { type ColumnOf, fit, hiddenLine, tableOf } from '../report/table.ts';
import { picture, trackColumns, trackLegend, verdictOf } from '../report/track.ts';
import { wrapped } from '../report/width.ts';
import type { Attempt, ClassSummary, OverAttempts, Scored } from '../schemas/score.ts';
import { caseTable, gapTable } from './caseTables.ts';
import { classesOf, hasLadder, type NameOf, namesFor, uncounted } from './summary.ts';

const right = { align: 'right' } as const;

export function reportScores(data: Scored): string {
  const nameOf = namesFor(data.scores);
  const byClass = classesOf(data.scores);
  const blocks = [
    data.scores.length === 0 ? wrapped(`${pc.bold(data.task)}: there is no score yet.`) : '',
    ...data.classes.flatMap((one) => classBlocks(data.task, one, byClass.get(one.class) ?? [], nameOf)),
    claimLines(data, nameOf),
    noteLines(data.scores, nameOf),
    hostTable(data.hosts),
    pendingTable(data.pending),
    againTable(data.scores, nameOf),
    sequel(data),
  ];
  return blocks.filter(Boolean).join('\n\n');
}

/** What to do where not all attempts are scored. */
function sequel({ interrupted, pending }: Scored): string {
  if (interrupted) return pc.yellow(wrapped('Stopped before all attempts were scored: the same command goes on.'));
  const waits = pending.some(({ state }) => state !== 'dead');
  return waits
    ? wrapped("'nfold worker', on each machine, scores what waits; with --watch, this command waits for it.")
    : '';
}

function classBlocks(task: string, summary: ClassSummary, scores: readonly Score[], nameOf: NameOf): string[] {
  const byId = new Map(scores.map((score) => [score.id, score]));
  const counting = summary.attempts.flatMap(({ score }) => byId.get(score) ?? []);
  const [{ suite }] = scores;
  const title = `${pc.bold(task)} on ${summary.class}   ${counted(summary.n, 'attempt')}: ${summary.passed} passed, ${summary.failed} failed`;
  const table = summary.n === 0 ? '' : attemptTable(summary.attempts, nameOf);
  return [
    [wrapped(title), table, ...summaryLines(summary, hasLadder(suite), nameOf)].filter(Boolean).join('\n'),
    hasLadder(suite) ? ladder(summary, nameOf) : '',
    failureLines(counting, nameOf),
    caseTable('Case by case', counting, nameOf, false),
    caseTable('Unseen shapes, which count in no mean', counting, nameOf, true),
    gapTable(counting, nameOf),
  ];
}

function attemptTable(rows: readonly Attempt[], nameOf: NameOf): string {
  const markOf = ({ mean, comparison }: Attempt) => mean && { interval: mean, verdict: verdictOf(mean, comparison) };
  const tracks = trackColumns(rows, markOf, { spare: 3 });
  const columns: ColumnOf<Attempt>[] = [
    { head: 'attempt', yields: 'above', text: nameOf },
    { head: 'run', ...right, spare: 6, text: ({ run }) => `${run}` },
    { head: 'verdict', text: ({ verdict }) => verdict, style: verdictMark },
    {
      head: 'mean speedup',
      text: (one) => (one.mean ? multiple(one.mean.value) : isBad(one.verdict) ? '-' : 'withheld'),
    },
    { head: '95 % interval', text: ({ mean }) => interval(mean), style: pc.dim },
    ...tracks,
    { head: 'geometric', ...right, spare: 4, text: ({ geometric }) => multiple(geometric) },
    { head: 'harmonic', ...right, spare: 5, text: ({ harmonic }) => multiple(harmonic) },
    { head: 'ranks', spare: 2, text: ({ ranks }) => (ranks ? Object.values(ranks).join('/') : '-') },
    { head: '% of peak', ...right, spare: 4, text: ({ shareOfPeak }) => digits(shareOfPeak) },
    ...(rows.some(({ rung }) => rung) ? [{ head: 'rung', ...right, spare: 1, text: rungText }] : []),
  ];
  const { text, hidden } = fit(columns, rows);
  const legend = [
    'mean speedup: arithmetic mean over the cases of baseline time / candidate time',
    ...(hidden.includes('ranks') ? [] : ['ranks: by the arithmetic, geometric and harmonic mean']),
    ...(tracks.length > 0 && !hidden.includes(picture) ? [trackLegend] : []),
  ];
  return [text, hiddenLine(hidden), ...legend.map((line) => pc.dim(wrapped(line)))].filter(Boolean).join('\n');
}

const rungText = ({ rung }: Attempt) => (rung ? `${rung.multiple}x` : '-');

/** The two means over attempts, always both, and the best of how many. */
function summaryLines(summary: ClassSummary, withRungs: boolean, nameOf: NameOf): string[] {
  const { n, best, dropped, asOne, withoutMean, attempts } = summary;
  const over = (what: string, one: OverAttempts | null) => {
    if (!one) return `${what}: there is no mean.`;
    const { mean, standardError, low, high } = one;
    const value = `${what}: mean ${pc.bold(multiple(mean))}`;
    if (standardError === null || low === null || high === null)
      return `${value} of a single attempt, which has no standard error.`;
    const rung = withRungs ? ` Its lower edge reaches ${rungWords(one)}.` : '';
    return `${value} ± ${digits(standardError)} (standard error over ${one.n} attempts), 95 % interval ${interval({ low, high })}.${rung}`;
  };
  const human = attempts.filter(({ rung }) => (rung?.multiple ?? 0) >= humanRung).length;
  const [are, reach] = [withoutMean === 1 ? 'is' : 'are', human === 1 ? 'reaches' : 'reach'];
  const more = n > 1 ? ' The best of several is too good on average: --again scores it once more.' : '';
  const lines = [
    n === 0 ? 'No score of this class counts.' : rankLine(attempts, nameOf),
    n > 0 && over('Failures dropped', dropped),
    n > 0 && over('Failures counted as 1', asOne),
    withoutMean > 0 && `${counted(withoutMean, 'attempt')} passed without a mean, and ${are} in neither.`,
    best && `Best of ${n}: ${pc.bold(multiple(best.mean.value))} ${interval(best.mean)} by ${nameOf(best)}.${more}`,
    withRungs &&
      best &&
      `Rungs go by the lower edge of the 95 % interval. ${human} of ${counted(n, 'attempt')} ${reach} ${humanRung}x, which took a human researcher 4 to 8 hours.`,
  ];
  return lines.flatMap((line) => (line ? wrapped(line) : []));
}

/** Attempts that the ladder has room for, the best ones. */
const maxRungs = 5;

function ladder({ attempts, dropped, asOne }: ClassSummary, nameOf: NameOf): string {
  const best = attempts
    .slice(0, maxRungs)
    .flatMap((one) => (one.mean ? { ...one, name: nameOf(one), mean: one.mean } : []));
  const over = (name: string, one: OverAttempts | null) =>
    one && one.n > 1 ? [{ name, interval: { ...one, value: one.mean }, verdict: 'same' as const }] : [];
  return ladderText([
    ...best.map(({ name, mean, comparison }) => ({ name, interval: mean, verdict: verdictOf(mean, comparison) })),
    ...over('the mean, failures dropped', dropped),
    ...over('the mean, failures counted as 1', asOne),
  ]);
}

/** Whether the choice of the mean changes the order; empty for a single mean. */
function rankLine(attempts: readonly Attempt[], nameOf: NameOf): string {
  const ranked = attempts.flatMap((one) => (one.ranks ? { name: nameOf(one), ranks: Object.values(one.ranks) } : []));
  const moved = ranked
    .filter(({ ranks }) => new Set(ranks).size > 1)
    .map(({ name, ranks }) => `${name} ${ranks.join('/')}`);
  if (moved.length > 0)
    return `The order depends on the mean; ranks by the arithmetic/geometric/harmonic one: ${moved.join(', ')}.`;
  return ranked.length > 1 ? 'The arithmetic, the geometric and the harmonic mean give the same order.' : '';
}

/** The essay's figure for a human researcher. */
const humanRung = 4;

const rungWords = ({ rung }: OverAttempts) => (rung ? `the rung of ${rung.multiple}x (${rung.what})` : 'no rung');

function failureLines(counting: readonly Score[], nameOf: NameOf): string {
  const lines = counting
    .filter(({ verdict }) => isBad(verdict))
    .flatMap((score) => [
      wrapped(`${pc.red('x')} ${nameOf(score)} was caught by this check: ${score.caughtBy}. ${score.failure}`),
      ...(score.replay ? [`  again: ${score.replay}`] : []),
    ]);
  return lines.join('\n');
}

function claimLines({ claims, classes }: Scored, nameOf: NameOf): string {
  if (claims.length === 0) return '';
  if (classes.length === 1)
    return wrapped(`All of this holds for ${classes[0].class}, the only class of machines that it was measured on.`);
  const lines = claims.map((claim) => {
    const { fasterOn, notOn } = claim;
    const elsewhere = classes.map((one) => one.class).filter((name) => ![...fasterOn, ...notOn].includes(name));
    const parts = [
      `${nameOf(claim)} is surely faster than the starting code on ${fasterOn.join(' and ') || 'no class'}`,
      ...(notOn.length > 0 ? [`that cannot be said on ${notOn.join(' and ')}`] : []),
      ...(elsewhere.length > 0 ? [`it was not judged on ${elsewhere.join(' and ')}`] : []),
    ];
    return `${parts.join('; ')}.`;
  });
  return lines.map((line) => wrapped(line)).join('\n');
}

/** What counts in nothing, what was not looked at, and copies. */
function noteLines(scores: readonly Score[], nameOf: NameOf): string {
  const lines = scores.flatMap((score) => {
    const { run, late, withheld, verdict, mean } = score;
    const [name, why] = [`${nameOf(score)}, run ${run}`, uncounted(score)];
    const found = [
      why !== null && `${name}, counts in nothing: ${why}.`,
      why === null && verdict === 'pass' && !mean && `${name}, has no mean: ${withheld}.`,
      late > 0 && `${name}: ${counted(late, 'later outcome')} of its job, from workers taken for lost, did not count.`,
    ];
    return found.filter((one) => one !== false);
  });
  const said = scores.flatMap((score) => [
    ...score.copied.map((sentence) => `${nameOf(score)}: ${sentence}`),
    ...score.ignored.map((sentence) => `${nameOf(score)}, ignored: ${sentence}`),
  ]);
  return [...lines, ...new Set(said)].map((line) => pc.yellow(wrapped(`! ${line}`))).join('\n');
}

function hostTable(hosts: Scored['hosts']): string {
  if (hosts.length === 0) return '';
  const columns: ColumnOf<Scored['hosts'][number]>[] = [
    { head: 'host', yields: 'above', text: ({ host }) => host },
    { head: 'class', yields: 'cut', spare: 3, text: (one) => one.class },
    { head: 'checked (UTC)', spare: 2, text: ({ at }) => minute(at) },
    { head: 'baseline / itself', text: ({ ratio }) => ratio?.value.toFixed(3) ?? '-' },
    { head: '95 % interval', text: ({ ratio }) => ratioInterval(ratio) },
    {
      head: 'noise',
      ...right,
      spare: 1,
      text: ({ noiseFloor: floor }) => (floor === null ? '-' : `${(100 * floor).toFixed(1)} %`),
    },
    { head: 'drift', ...right, text: ({ drift }) => (drift === null ? '-' : `${(100 * (drift - 1)).toFixed(1)} %`) },
    { head: 'results', yields: 'fold', text: ({ held }) => (held === null ? 'count' : `held back: ${held}`) },
  ];
  const note = 'baseline / itself: it should be 1; drift: its time, over that of the checks before';
  return [wrapped(pc.bold('Hosts')), tableOf(columns, hosts), pc.dim(wrapped(note))].join('\n');
}

function pendingTable(pending: Scored['pending']): string {
  if (pending.length === 0) return '';
  const columns: ColumnOf<Scored['pending'][number]>[] = [
    { head: 'attempt', yields: 'above', text: ({ label }) => label },
    { head: 'state', text: ({ state }) => state, style: (state) => (state === 'dead' ? pc.red(state) : state) },
    { head: 'host', spare: 1, text: ({ host }) => host ?? '-' },
    { head: 'tries', ...right, text: ({ tries }) => `${tries}` },
    { head: 'why', yields: 'fold', text: ({ reason }) => reason ?? '' },
  ];
  return [wrapped(pc.bold('Without a score yet')), tableOf(columns, pending)].join('\n');
}

function againTable(scores: readonly Score[], nameOf: NameOf): string {
  const rows = scores.flatMap((score) => (score.record === null ? [] : [{ score, record: score.record }]));
  if (rows.length === 0) return '';
  const columns: ColumnOf<(typeof rows)[number]>[] = [
    { head: 'attempt', yields: 'cut', text: ({ score }) => nameOf(score) },
    { head: 'run', ...right, spare: 1, text: ({ score }) => `${score.run}` },
    { head: 'to judge and time the same sources again', text: ({ record }) => words('reproduce', record) },
  ];
  return tableOf(columns, rows);
}
