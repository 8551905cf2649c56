/** What verify and bench share: options to a run, selectors to candidates by op, Ctrl-C to an abort. */
import { type Suite, suites } from '../../bench/suites.ts';
import { type CandidateFile, type Problem, scan } from '../catalog/candidates.ts';
import { loadOp } from '../catalog/ops.ts';
import { alternatives, select, selectCases } from '../catalog/select.ts';
import { loadText } from '../catalog/text.ts';
import { killAllCells } from '../cell/cell.ts';
import { brief, exit, NfoldError } from '../contract/errors.ts';
import type { AnyOp, Case } from '../contract/op.ts';
import { counted } from '../contract/words.ts';
import { makeSeed } from '../judge/seed.ts';
import { usableCores } from '../machine/cpus.ts';
import { type Progress, progress } from '../report/output.ts';
import type { RunOptions } from '../run/outcome.ts';
import { type Effort, efforts } from '../stopwatch/effort.ts';
import { abortOnStop } from './stop.ts';

export interface Flags {
  /** Of several filters, either (catalog/select.ts). */
  readonly case?: string;
  readonly quick?: boolean;
  readonly thorough?: boolean;
  readonly threads: number;
  readonly seed?: number;
  readonly text?: string;
  /** False: no libraries beside the candidates. */
  readonly peers?: boolean;
  /** Name and note of the record. */
  readonly save?: string;
  readonly note?: string;
  readonly reporter?: readonly string[];
  readonly json?: boolean;
}

export interface OpSelection {
  readonly op: string;
  readonly candidates: readonly CandidateFile[];
  readonly problems: readonly Problem[];
}

export interface Run {
  readonly selections: readonly OpSelection[];
  /** Misplaced files, which belong to no op. */
  readonly strays: readonly Problem[];
  readonly options: RunOptions;
  readonly textName: string;
  readonly progress: Progress;
}

/** What a command does where neither a flag nor a selector says so. */
interface Defaults {
  readonly effort: Effort['name'];
  readonly suites: readonly Suite[];
  /** The cases that the command works on. */
  pool(op: AnyOp, seed: number): readonly Case[];
}

/** Throws NfoldError where there is nothing to run, for selectors, cases and texts that cannot be. Takes over Ctrl-C. */
export async function prepareRun(selectors: readonly string[], flags: Flags, defaults: Defaults): Promise<Run> {
  const { candidates, problems } = select(selectors, scan());
  const chosen = (selectors.length === 0 ? defaults.suites : suites)
    .flatMap(({ ops }) => ops)
    .map((op) => ({
      op,
      candidates: candidates.filter((candidate) => candidate.op === op),
      problems: problems.filter((problem) => problem.op === op),
    }))
    .filter((selection) => selection.candidates.length + selection.problems.length > 0);
  if (chosen.length === 0)
    throw new NfoldError("There is no candidate to run: 'nfold list' shows what there is.", exit.nothing);
  const loaded = await Promise.all(chosen.map(({ op }) => loadOp(op)));
  const committed = makeSeed(flags.seed);
  const ops = withMatchingCases(loaded, flags.case, (op) => defaults.pool(op, committed.seed));
  const selections = chosen.filter(({ op }) => ops.some(({ name }) => name === op));
  const left = chosen.filter((selection) => !selections.includes(selection)).map(({ op }) => op);
  if (left.length > 0)
    process.stderr.write(
      `left out, as they have no case '${brief(flags.case ?? '')}': ${left.length > 3 ? counted(left.length, 'op') : left.join(', ')}\n`,
    );
  const text = loadText(flags.text, ops);
  const name = flags.quick
    ? 'quick'
    : flags.thorough
      ? 'thorough'
      : selectors.length === 0
        ? defaults.effort
        : 'default';
  const shown = progress();
  const signal = abortOnStop(shown, 'stopping; what was measured is kept');
  signal.addEventListener('abort', killAllCells);
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
    onProgress: shown,
  };
  return {
    selections,
    strays: problems.filter(({ op }) => op === null),
    options,
    textName: text.name,
    progress: shown,
  };
}

/** The ops that have a case for the filter among those that the command works on. */
function withMatchingCases(
  ops: readonly AnyOp[],
  filter: string | undefined,
  pool: (op: AnyOp) => readonly Case[],
): readonly AnyOp[] {
  if (filter === undefined) return ops;
  const matching = ops.filter((op) => selectCases(op, pool(op), filter).length > 0);
  if (matching.length > 0) {
    const idle = alternatives(filter).filter(
      (one) => !matching.some((op) => selectCases(op, pool(op), one).length > 0),
    );
    if (idle.length > 0) process.stderr.write(`no case matches ${brief(idle.map((one) => `'${one}'`).join(', '))}\n`);
    return matching;
  }
  const examples = ops.map((op) => op.caseName(op.cases[0])).join(' or ');
  const edge = ops.some((op) => selectCases(op, op.edges, filter).length > 0);
  const hint = edge
    ? "it names edges, which 'nfold verify' checks and nothing times"
    : `cases are called ${examples}, and globs like 'M64*' work`;
  throw new NfoldError(`No case matches '${filter}': ${hint}.`, exit.nothing);
}
