/** nfold list: ops with their cases, candidates with their one-line ideas, and files that are neither. */
import { build } from '../build/build.ts';
import { type CandidateFile, misplaced, scan, told } from '../catalog/candidates.ts';
import { loadOp, opFile } from '../catalog/ops.ts';
import { select } from '../catalog/select.ts';
import { signatureOf } from '../catalog/signatures.ts';
import { CandidateError, errorData, exit, NfoldError } from '../contract/errors.ts';
import type { Case } from '../contract/op.ts';
import { shown } from '../files/places.ts';
import { newestResults } from '../records/newest.ts';
import { multiple, shortFlags } from '../report/format.ts';
import type { Io, Result } from '../report/output.ts';
import { pc } from '../report/screen.ts';
import { signatureText } from '../report/signature.ts';
import type { List } from '../schemas/list.ts';

export async function list(selectors: readonly string[], _: unknown, io: Io): Promise<Result<List>> {
  const catalog = scan();
  const { candidates, problems } = select(selectors, catalog);
  const isWanted = (name: string) => selectors.includes(name) || candidates.some(({ op }) => op === name);
  const wanted = catalog.ops.filter((name) => selectors.length === 0 || isWanted(name));
  const faults: ReturnType<typeof misplaced>[] = [];
  // One that does not load hides no other.
  const load = async (name: string) => {
    try {
      return [await loadOp(name)];
    } catch (error) {
      if (!(error instanceof NfoldError)) throw error;
      faults.push(errorData(error.message, { ...error.details, code: 'bad-file', file: shown(opFile(name)) }));
      return [];
    }
  };
  const ops = (await Promise.all(wanted.map(load))).flat();
  const known = newestResults(io.warn);
  const described = await Promise.all(candidates.map((candidate) => describe(candidate, known)));
  const data = ops.map((op) => {
    const { name, about, dims, scalars, distributions } = op;
    const { tensors, ...stubs } = signatureOf(op);
    const shape = (c: Case) => ({ case: op.caseName(c), dims: c.dims, scalars: c.scalars });
    const cases = op.cases.map((c) => ({ ...shape(c), extra: c.extra ?? false, flop: op.flop(c.dims) }));
    return { op: name, about, dims, scalars, tensors, cases, edges: op.edges.map(shape), distributions, stubs };
  });
  const blocks = ops.map((op) => {
    const names = op.cases.map((c) => op.caseName(c) + (c.extra ? pc.dim(' (--thorough)') : ''));
    const own = described.filter((candidate) => candidate.op === op.name);
    const width = Math.max(0, ...own.map(({ candidate }) => candidate.length));
    const lines = own.map(({ candidate, about, error, flags, last }) => {
      const needs = flags.length > 0 ? pc.dim(`  [${shortFlags(flags)}]`) : '';
      return `  ${candidate.padEnd(width)}  ${lastMark(last).padStart(7)}  ${error === null ? about + needs : pc.red(error.message)}`;
    });
    const cases = `  ${pc.dim(`${op.cases.length} timed cases:`)} ${names.join(' ')}\n  ${pc.dim(`${op.edges.length} edges, verified only`)}`;
    const signature = selectors.includes(op.name) ? `\n\n${signatureText(op)}` : '';
    return `${pc.bold(op.name)}   ${op.about}\n${cases}\n${lines.join('\n')}${signature}`;
  });
  const legend = described.some(({ last }) => last !== null)
    ? [pc.dim('The number before an idea is its mean speedup in the newest record here, verified in the same run.')]
    : [];
  const strays = [...faults.map(({ message }) => message), ...problems.map(told)].map(
    (sentence) => `${pc.red('x')} ${sentence}`,
  );
  return {
    code: exit.fine,
    data: { ops: data, candidates: described, problems: [...faults, ...problems.map(misplaced)] },
    text: [...blocks, ...legend, ...strays].join('\n\n'),
  };
}

type Described = Awaited<ReturnType<typeof describe>>;

function lastMark(last: Described['last']): string {
  if (last === null) return '';
  return last.verdict !== 'pass' || last.speedup === null ? last.verdict : multiple(last.speedup);
}

/** `last` is what the newest record says of the candidate, if it is of this very source. */
async function describe(candidate: CandidateFile, known: ReturnType<typeof newestResults>) {
  const { id, op, file } = candidate;
  const common = { candidate: id, op, file: shown(file) };
  try {
    const { about, flags, threads, tier, hash, source } = await build(candidate);
    const newest = known.get(id);
    const speedup = newest?.mean?.arithmetic?.value ?? null;
    const last = newest?.hash === hash ? { record: newest.record, verdict: newest.verdict, speedup } : null;
    return { ...common, about, flags, threads, tier, hash, source, last, error: null };
  } catch (error) {
    if (!(error instanceof CandidateError)) throw error;
    const unknown = { about: null, flags: [], threads: null, tier: null, hash: null, source: null, last: null };
    return { ...common, ...unknown, error: errorData(error.message, { file: common.file, ...error }) };
  }
}
