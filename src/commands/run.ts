/** Shared by the commands that run candidates: flags to the options of a run, selectors to candidates by op. */
import { type Suite, suitesOf } from '../../bench/suites.ts';
import { scan } from '../catalog/candidates.ts';
import { loadOp } from '../catalog/ops.ts';
import { alternatives, type Selection, select, selectCases } from '../catalog/select.ts';
import { loadText } from '../catalog/text.ts';
import { cellEnder } from '../cell/runs.ts';
import { brief, exit, NfoldError } from '../contract/errors.ts';
import type { AnyOp, Case } from '../contract/op.ts';
import type { Seed } from '../contract/rng.ts';
import { counted } from '../contract/words.ts';
import { type Committed, makeSeed } from '../judge/seed.ts';
import { usableCores } from '../machine/cpus.ts';
import type { Io } from '../report/output.ts';
import type { RunOptions } from '../run/outcome.ts';
import type { OpSelection } from '../run/prepare.ts';
import { efforts } from '../stopwatch/effort.ts';
import type { RunFlags } from './flags.ts';

/** The candidates of one op that are to be run, and the suite that the op belongs to. */
export interface SuiteSelection extends OpSelection {
  readonly suite: Suite;
}

/** The suites of a run, and its effort unless a flag sets that. */
interface Scope {
  readonly effort: RunOptions['effort']['name'];
  readonly suites: readonly Suite[];
}

/** All that selectors can reach: a candidate that was asked for is no intermediate step. */
const everythingOf = (ops: readonly string[]): Scope => ({
  effort: 'default',
  suites: suitesOf(ops).map((suite) => ({ ...suite, intermediates: [] })),
});

export interface Wanted {
  /** The cases that the command works on; the timed ones, unless it says so. */
  cases?(op: AnyOp, seed: Seed): readonly Case[];
  /** The scope without a selector. */
  readonly byDefault?: Scope;
  /** In the place of what the selectors select. */
  readonly selection?: Selection;
  /** In the place of a fresh seed. */
  readonly committed?: Committed;
  /** What is said when it is asked to stop. */
  readonly stopping?: string;
}

/**
 * The selected candidates by op, `strays` (misplaced files that belong to no op) and the options of the run. After this, a request to stop
 * keeps what was measured. Throws NfoldError if there is nothing to run, or for a wrong selector, case or text.
 */
export async function prepareRun(
  selectors: readonly string[],
  flags: RunFlags & { readonly effort?: Scope['effort'] },
  io: Io,
  { cases = (op) => op.cases, byDefault, selection, ...given }: Wanted = {},
) {
  const catalog = scan();
  const scope = (selectors.length === 0 && byDefault) || everythingOf(catalog.ops);
  const { candidates, problems } = selection ?? select(selectors, catalog);
  const selectionOf = (suite: Suite, op: string): SuiteSelection => {
    const isOfOp = (one: { readonly op: string | null }) => one.op === op;
    return { suite, op, candidates: candidates.filter(isOfOp), problems: problems.filter(isOfOp) };
  };
  const chosen = scope.suites
    .flatMap((suite) => suite.ops.map((op) => selectionOf(suite, op)))
    .filter((selection) => selection.candidates.length + selection.problems.length > 0);
  if (chosen.length === 0)
    throw new NfoldError(nothingToRun(selectors.find((selector) => catalog.ops.includes(selector))), exit.nothing);
  const loaded = await Promise.all(chosen.map(({ op }) => loadOp(op)));
  const committed = given.committed ?? makeSeed(flags.seed);
  const ops = withMatchingCases(loaded, flags.case, (op) => cases(op, committed.seed), io);
  const selections = chosen.filter(({ op }) => ops.some(({ name }) => name === op));
  const left = chosen.filter((selection) => !selections.includes(selection)).map(({ op }) => op);
  const which = left.length > 3 ? counted(left.length, 'op') : left.join(', ');
  if (left.length > 0) io.note(`left out, as they have no case '${brief(flags.case ?? '')}': ${which}`);
  const text = loadText(flags.text, ops);
  const name = flags.effort ?? (flags.quick ? 'quick' : flags.thorough ? 'thorough' : scope.effort);
  const signal = io.keepOnStop(given.stopping ?? 'stopping; what was measured is kept');
  signal.addEventListener('abort', cellEnder());
  const options: RunOptions = {
    effort: efforts[name],
    seed: committed.seed,
    committed,
    threads: flags.threads,
    replayFlags: [
      ...(name === 'default' ? [] : [`--${name}`]),
      ...(flags.threads === usableCores() ? [] : ['--threads', `${flags.threads}`]),
      ...(flags.text === undefined ? [] : ['--text', flags.text]),
    ],
    caseFilter: flags.case,
    text: text.bytes,
    signal,
    onProgress: io.progress,
  };
  return { selections, strays: problems.filter(({ op }) => op === null), options, textName: text.name };
}

const nothingToRun = (op: string | undefined): string =>
  op === undefined
    ? "There is no candidate to run: 'nfold list' shows what there is."
    : `${op} has no candidate yet: 'nfold new ${op}/mine' writes one.`;

/** The ops that have a case for the filter among those that the command works on. Throws NfoldError if none has. */
export function withMatchingCases(
  ops: readonly AnyOp[],
  filter: string | undefined,
  casesOf: (op: AnyOp) => readonly Case[],
  io: Io,
): readonly AnyOp[] {
  if (filter === undefined) return ops;
  const having = (glob: string, among: typeof casesOf) =>
    ops.filter((op) => selectCases(op, among(op), glob).length > 0);
  const matching = having(filter, casesOf);
  if (matching.length > 0) {
    const idle = alternatives(filter).filter((one) => having(one, casesOf).length === 0);
    if (idle.length > 0) io.note(`no case matches ${brief(idle.map((one) => `'${one}'`).join(', '))}`);
    return matching;
  }
  const examples = ops.map((op) => op.caseName(op.cases[0])).join(' or ');
  const sentence =
    having(filter, (op) => op.edges).length > 0
      ? `No timed case matches '${filter}', only edges do; 'nfold verify' checks those.`
      : `No case matches '${filter}': cases are called ${examples}, and globs like 'M64*' work.`;
  throw new NfoldError(sentence, 'unknown-name');
}
