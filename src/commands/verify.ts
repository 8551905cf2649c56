/** nfold verify: every edge and timed shape of the selected candidates against the oracle. */
import { misplaced, told } from '../catalog/candidates.ts';
import { type Selection, selectCases } from '../catalog/select.ts';
import { withConsole } from '../cell/console.ts';
import { exit, NfoldError } from '../contract/errors.ts';
import type { AnyOp, Case } from '../contract/op.ts';
import type { Seed } from '../contract/rng.ts';
import type { RoundPlan } from '../judge/conditions.ts';
import { spreadText } from '../judge/pattern.ts';
import { drawnCases } from '../judge/plan.ts';
import { surveyLimits } from '../judge/survey.ts';
import { unseenNamed } from '../judge/unseen.ts';
import { errorOf, isBad, type Verdict, verdictText } from '../judge/verdict.ts';
import { excerptOfFile } from '../report/excerpt.ts';
import { verdictMark } from '../report/format.ts';
import type { Io, Result } from '../report/output.ts';
import { pc } from '../report/screen.ts';
import { type ColumnOf, tableOf } from '../report/table.ts';
import type { CandidateOutcome, RunOptions } from '../run/outcome.ts';
import { type Prepared, prepare } from '../run/prepare.ts';
import { timedCases, verifyCandidates } from '../run/suite.ts';
import type { Verify } from '../schemas/verify.ts';
import { replayTimed } from '../stopwatch/replay.ts';
import type { FlagsOf, verify as words } from './flags.ts';
import { prepareRun } from './run.ts';

type Flags = FlagsOf<typeof words> & { readonly debug?: true };

export async function verify(selectors: readonly string[], flags: Flags, io: Io): Promise<Result<Verify>> {
  const work = () => verifyAll(selectors, flags, io);
  return flags.debug ? withConsole(io.note, work) : work();
}

async function verifyAll(selectors: readonly string[], flags: Flags, io: Io): Promise<Result<Verify>> {
  const { outcomes, strays, options } = await verdictsOn(selectors, flags, io);
  const failed = outcomes.some(({ verdict }) => isBad(verdict.status)) || strays.length > 0;
  return {
    code: options.signal.aborted ? exit.interrupted : failed ? exit.failed : exit.fine,
    data: { seed: options.seed, results: outcomes.map(asData), misplaced: strays.map(misplaced) },
    text: asText(outcomes, strays.map(told), options.seed),
  };
}

/** The candidates that the selectors select, or those of `selection`, with their verdicts; when interrupted, those that have one. */
export async function verdictsOn(selectors: readonly string[], flags: Flags, io: Io, selection?: Selection) {
  const cases = (op: AnyOp, seed: Seed) => [
    ...[...op.cases, ...op.edges, ...drawnCases(op, seed)],
    ...unseenNamed(op, seed, flags.case),
  ];
  const { selections, strays, options } = await prepareRun(selectors, flags, io, { cases, selection });
  const outcomes: CandidateOutcome[] = [];
  try {
    for (const selection of selections) {
      io.progress({ op: selection.op, stage: 'building' });
      const prepared = await prepare(selection);
      const { op } = prepared;
      const all = [...op.edges, ...drawnCases(op, options.seed), ...timedCases(op, options)];
      const chosen = { cases: selectCases(op, all, flags.case), unseen: unseenNamed(op, options.seed, flags.case) };
      const verified = flags.timed
        ? await replay(prepared, [...chosen.cases, ...chosen.unseen], options, flags.timed)
        : await verifyCandidates(prepared, options, { ...chosen, timedShapes: true, survey: surveyLimits });
      outcomes.push(...verified);
    }
  } catch (error) {
    if (!options.signal.aborted) throw error;
  }
  return { outcomes, strays, options };
}

/** The candidates; each that was built gets the verdict of these timed calls. */
async function replay(prepared: Prepared, [c, ...others]: readonly Case[], options: RunOptions, timed: RoundPlan) {
  if (others.length > 0) throw new NfoldError('--timed goes with one case: name it with --case, as the failure did.');
  const outcomes: CandidateOutcome[] = [];
  for (const one of prepared.candidates) {
    const { id, built, verdict } = one;
    const again = built && verdict.status === 'pending' ? built : null;
    if (again) options.onProgress({ op: prepared.op.name, stage: `round ${timed.round + 1} again`, detail: id });
    outcomes.push(again ? { ...one, verdict: await replayTimed({ ...prepared, ...options }, again, c, timed) } : one);
  }
  return outcomes;
}

export function asData({ id, built, verdict }: CandidateOutcome): Verify['results'][number] {
  const [source] = built?.sources ?? [];
  const passed = verdict.status === 'pass' ? verdict : null;
  return {
    candidate: id,
    verdict: verdict.status,
    checks: passed?.checks ?? null,
    verification: passed && { worst: passed.worst, bound: 1 as const },
    message: passed ? null : verdictText(verdict),
    failure: verdict.status === 'fail' ? verdict.failure : null,
    spread: (verdict.status === 'fail' && verdict.spread) || null,
    error: errorOf(verdict, source?.path),
  };
}

const columns: readonly ColumnOf<CandidateOutcome>[] = [
  { head: 'candidate', text: ({ id }) => id },
  { head: 'verified', text: ({ verdict }) => verdict.status, style: verdictMark },
  { head: 'checks passed', align: 'right', text: ({ verdict }) => checksOf(verdict) },
  {
    head: 'largest error / bound',
    align: 'right',
    text: ({ verdict }) => (verdict.status === 'pass' ? verdict.worst.toFixed(3) : '-'),
  },
];

function checksOf(verdict: Verdict): string {
  if (verdict.status === 'pass') return `${verdict.checks}`;
  const spread = verdict.status === 'fail' ? verdict.spread : undefined;
  return spread ? `${spread.of - spread.wrong} of ${spread.of}` : '-';
}

export function asText(outcomes: readonly CandidateOutcome[], misplaced: readonly string[], seed: Seed): string {
  const failures = outcomes.flatMap(({ verdict }) => {
    if (verdict.status === 'pass') return [];
    if ('message' in verdict) return excerptOfFile(verdict.message, verdict).join('\n');
    if (verdict.status !== 'fail') return verdictText(verdict);
    const spread = verdict.spread ? [`  ${spreadText(verdict.spread)}`] : [];
    return [verdictText(verdict), ...spread, `  again: ${verdict.failure.replay}`].join('\n');
  });
  const marked = [...failures, ...misplaced].map((line) => `${pc.red('x')} ${line}`);
  return [tableOf(columns, outcomes), `seed ${seed}`, ...marked].join('\n');
}
