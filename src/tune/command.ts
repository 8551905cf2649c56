/** nfold tune: searches a generator's parameters for this machine, case by case, and keeps them with their evidence for later runs. */
import { events, tuneFile, type Winner } from '../build/tuned.ts';
import { selectCases } from '../catalog/select.ts';
import { prepareRun } from '../commands/run.ts';
import { exit, NfoldError } from '../contract/errors.ts';
import { threadsOf } from '../contract/variant.ts';
import { counted } from '../contract/words.ts';
import { shown } from '../files/places.ts';
import { detailsOf, verdictText } from '../judge/verdict.ts';
import { duration, multiple, parametersText, ratioInterval } from '../report/format.ts';
import type { Io, Result } from '../report/output.ts';
import { pc } from '../report/screen.ts';
import { type ColumnOf, tableOf } from '../report/table.ts';
import { prepare } from '../run/prepare.ts';
import type { Tuned } from '../schemas/wings.ts';
import { efforts } from '../stopwatch/effort.ts';
import type { TuneFlags } from './flags.ts';
import { evidenceIn } from './log.ts';
import { changes, search, sizeOf, typical } from './search.ts';

const effort = { ...efforts.default, rounds: [6, 10], halfWidth: 0.01, budgetS: 15 } as const;

export async function tune(selector: string, flags: TuneFlags, io: Io): Promise<Result<Tuned>> {
  const { selections, options } = await prepareRun([selector], flags, io);
  const [{ op: name, candidates, problems }, ...others] = selections;
  if (others.length > 0 || candidates.length !== 1) {
    const count = selections.reduce((sum, selection) => sum + selection.candidates.length, 0);
    throw new NfoldError(
      `'${selector}' selects ${counted(count, 'candidate')}: tune takes one, such as ${name}/NAME.`,
      'ambiguous-name',
    );
  }
  const prepared = await prepare({ op: name, candidates, problems });
  const { op } = prepared;
  const [{ built, verdict }] = prepared.candidates;
  if (!built || verdict.status !== 'pending')
    throw new NfoldError(verdictText(verdict), exit.failed, detailsOf(verdict));
  const { tuning } = built;
  if (!tuning || sizeOf(tuning.space) < 2) {
    const what = 'a .wasm.ts candidate that exports tunable and parameters(dims) can be tuned';
    throw new NfoldError(`${built.id} has no parameters to tune: ${what}.`);
  }
  const cases = selectCases(op, flags.case === undefined ? op.cases.filter((c) => !c.extra) : op.cases, flags.case);
  const used = threadsOf(built, options.threads);
  const file = tuneFile(built.id);
  const settled = events(file, built.hash)
    .filter((event) => event.type === 'winner')
    .filter((event) => event.threads === used && !flags.again);
  const winners = new Map(settled.map((winner) => [winner.case, winner]));
  const open = cases.filter((c) => !winners.has(op.caseName(c)));
  const ends = performance.now() + flags.minutes * 60_000;
  const evidence = evidenceIn(file);
  const common = { ...options, ...prepared, effort, built: { ...built, tuning }, used, file, keep: evidence.add };
  try {
    for (const [i, c] of open.entries()) {
      const caseMs = (ends - performance.now()) / (open.length - i);
      if (caseMs <= 0) break;
      // Verification and confirmation take about half of a case's time.
      winners.set(op.caseName(c), await search({ ...common, c, budgetMs: caseMs / 2 }));
    }
  } catch (error) {
    if (!options.signal.aborted) throw error;
  }
  const results = cases.map((c) => ({ name: op.caseName(c), winner: winners.get(op.caseName(c)) ?? null }));
  const trouble = evidence.trouble();
  if (trouble) io.warn(trouble);
  const space = `${sizeOf(tuning.space)} combinations of ${Object.keys(tuning.space).join(', ')}`;
  return {
    code: trouble ? exit.failed : options.signal.aborted ? exit.interrupted : exit.fine,
    data: {
      ...{ candidate: built.id, hash: built.hash, threads: used, file: shown(file) },
      open: results.flatMap(({ name, winner }) => (winner ? [] : [name])),
      winners: results.flatMap(({ winner }) => winner ?? []),
    },
    text: `${pc.bold(built.id)}   ${space}\n${tableOf(columns, results)}\n\nEvidence, one line an event: ${shown(file)}`,
  };
}

const columns: readonly ColumnOf<{ readonly name: string; readonly winner: Winner | null }>[] = [
  { head: 'case', text: ({ name }) => name },
  { head: 'default', align: 'right', text: ({ winner }) => duration(winner && typical(winner.defaultNs)) },
  { head: 'tuned', align: 'right', text: ({ winner }) => duration(winner && typical(winner.timeNs)) },
  { head: 'ratio', align: 'right', text: ({ winner }) => multiple(winner?.ratio?.value ?? null) },
  { head: '95 % interval', text: ({ winner }) => ratioInterval(winner?.ratio ?? null) },
  { head: 'what later runs use', text: ({ winner }) => useOf(winner) },
];

function useOf(winner: Winner | null): string {
  if (winner === null) return pc.dim('not reached: run the command again');
  if (!winner.confirmed) return pc.dim('the default: nothing was faster for certain');
  return parametersText(changes(winner.parameters, winner.own));
}
