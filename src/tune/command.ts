/** nfold tune: the parameters of a generator that suit this machine, case by case; kept with their evidence, used by later runs. */

import type { Built, Tuning } from '../build/build.ts';
import { events, tuneFile, type Winner } from '../build/tuned.ts';
import { selectCases } from '../catalog/select.ts';
import { prepareRun } from '../commands/run.ts';
import { exit, NfoldError } from '../contract/errors.ts';
import type { Case } from '../contract/op.ts';
import { threadsOf } from '../contract/variant.ts';
import { counted } from '../contract/words.ts';
import { shown } from '../files/places.ts';
import { verdictText } from '../judge/verdict.ts';
import { duration, multiple, parametersText, ratioInterval } from '../report/format.ts';
import type { Io, Result } from '../report/output.ts';
import { pc } from '../report/screen.ts';
import { table } from '../report/table.ts';
import { prepare } from '../run/prepare.ts';
import { efforts } from '../stopwatch/effort.ts';
import type { TuneFlags } from './flags.ts';
import { Evidence } from './log.ts';
import { search, typical } from './search.ts';
import { changes, sizeOf } from './space.ts';

export async function tune(selector: string, flags: TuneFlags, io: Io): Promise<Result> {
  const { selections, options } = await prepareRun([selector], flags, io);
  const [{ op: name, candidates, problems }, ...others] = selections;
  if (others.length > 0 || candidates.length !== 1) {
    const count = selections.reduce((sum, selection) => sum + selection.candidates.length, 0);
    throw new NfoldError(`'${selector}' selects ${counted(count, 'candidate')}: tune takes one, such as ${name}/NAME.`);
  }
  const prepared = await prepare({ op: name, candidates, problems });
  const { op, oracle, baseline } = prepared;
  const [{ built, verdict }] = prepared.candidates;
  if (!built || verdict.status !== 'pending') throw new NfoldError(verdictText(verdict), exit.failed);
  if (!isTunable(built)) {
    const what = 'a .wasm.ts candidate that exports tunable and parameters(dims) can be tuned';
    throw new NfoldError(`${built.id} has no parameters to tune: ${what}.`);
  }
  const cases = selectCases(op, flags.case === undefined ? op.cases.filter((c) => !c.extra) : op.cases, flags.case);
  const used = threadsOf(built, options.threads);
  const file = tuneFile(built.id);
  const settled = new Map(flags.again ? [] : winners(file, built.hash, used).map((winner) => [winner.case, winner]));
  const open = cases.filter((c) => !settled.has(op.caseName(c)));
  const ends = performance.now() + flags.minutes * 60_000;
  const evidence = new Evidence(file);
  const keep = evidence.add.bind(evidence);
  const found: Winner[] = [];
  try {
    for (const [i, c] of open.entries()) {
      const budgetMs = (ends - performance.now()) / (open.length - i);
      if (budgetMs <= 0) break;
      // Verification and confirmation take about half of what a case may take.
      const effort = { ...efforts.default, rounds: [6, 10], halfWidth: 0.01, budgetS: 15 } as const;
      const request = { ...options, effort, op, oracle, baseline, built, c, used, file, keep, budgetMs: budgetMs / 2 };
      found.push(await search(request));
    }
  } catch (error) {
    if (!options.signal.aborted) throw error;
  }
  const newest = new Map([...settled, ...found.map((winner) => [winner.case, winner] as const)]);
  const results = cases.map((c) => newest.get(op.caseName(c)) ?? null);
  const { trouble } = evidence;
  if (trouble) io.warn(trouble);
  return {
    code: trouble ? exit.failed : options.signal.aborted ? exit.interrupted : exit.fine,
    data: {
      ...{ candidate: built.id, hash: built.hash, threads: used, file: shown(file) },
      open: cases.filter((_, i) => results[i] === null).map((c) => op.caseName(c)),
      winners: results.filter((winner) => winner !== null),
    },
    text: report(built, cases, results, op.caseName, shown(file)),
  };
}

function isTunable(built: Built): built is Built & { readonly tuning: Tuning } {
  return built.tuning !== undefined && sizeOf(built.tuning.space) > 1;
}

function winners(file: string, hash: string, threads: number): Winner[] {
  return events(file, hash).flatMap((event) => (event.type === 'winner' && event.threads === threads ? [event] : []));
}

function report(
  { id, tuning }: Built & { readonly tuning: Tuning },
  cases: readonly Case[],
  results: readonly (Winner | null)[],
  caseName: (c: Case) => string,
  file: string,
): string {
  const columns = [
    { head: 'case' },
    { head: 'own choice', align: 'right' },
    { head: 'tuned', align: 'right' },
    { head: 'ratio', align: 'right' },
    { head: '95 % interval' },
    { head: 'what later runs use' },
  ] as const;
  const rows = cases.map((c, i) => {
    const winner = results[i];
    if (winner === null) return [caseName(c), '-', '-', '-', '', pc.dim('not reached: run the command again')];
    const { ratio, confirmed, own, parameters } = winner;
    const times = [duration(typical(winner.defaultNs)), duration(typical(winner.timeNs))];
    const use = confirmed
      ? parametersText(changes(parameters, own))
      : pc.dim('its own choice: nothing was faster for sure');
    return [winner.case, ...times, multiple(ratio?.value ?? null), ratio ? ratioInterval(ratio) : '', use];
  });
  const space = `${sizeOf(tuning.space)} combinations of ${Object.keys(tuning.space).join(', ')}`;
  return [`${pc.bold(id)}   ${space}`, table(columns, rows), `\nEvidence, one line an event: ${file}`].join('\n');
}
