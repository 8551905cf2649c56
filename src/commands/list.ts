/** nfold list: ops with their cases, candidates with their one-line ideas, and files that are neither. */
import pc from 'picocolors';
import { build } from '../build/build.ts';
import { stopCompiler } from '../build/compile.ts';
import { BuildError } from '../build/sources.ts';
import { type CandidateFile, scan, shown } from '../catalog/candidates.ts';
import { loadOp } from '../catalog/ops.ts';
import { select } from '../catalog/select.ts';
import { shortFlags } from '../report/format.ts';
import { print, printJson } from '../report/output.ts';

export async function list(selectors: readonly string[], { json = false }: { json?: boolean }): Promise<void> {
  const catalog = scan();
  const { candidates, problems } = select(selectors, catalog);
  const wanted = catalog.ops.filter((name) => selectors.length === 0 || candidates.some(({ op }) => op === name));
  const ops = await Promise.all(wanted.map(loadOp));
  const described = await Promise.all(candidates.map(describe));
  stopCompiler();
  const misplaced = problems.map(({ file, message }) => ({ file: shown(file), message }));
  if (json) {
    const data = ops.map((op) => ({
      op: op.name,
      about: op.about,
      dims: op.dims,
      scalars: op.scalars,
      cases: op.cases.map((c) => ({ case: op.caseName(c), extra: c.extra ?? false, flop: op.flop(c.dims) })),
      edges: op.edges.map((c) => op.caseName(c)),
    }));
    printJson({ ops: data, candidates: described, problems: misplaced });
    return;
  }
  const blocks = ops.map((op) => {
    const names = op.cases.map((c) => op.caseName(c) + (c.extra ? pc.dim(' (--thorough)') : ''));
    const own = described.filter((candidate) => candidate.op === op.name);
    const width = Math.max(0, ...own.map(({ candidate }) => candidate.length));
    const lines = own.map(({ candidate, about, error, flags }) => {
      const needs = flags.length > 0 ? pc.dim(`  [${shortFlags(flags)}]`) : '';
      return `  ${candidate.padEnd(width)}  ${error === null ? about + needs : pc.red(error)}`;
    });
    const cases = `  ${pc.dim(`${op.cases.length} timed cases:`)} ${names.join(' ')}\n  ${pc.dim(`${op.edges.length} edges, verified only`)}`;
    return `${pc.bold(op.name)}   ${op.about}\n${cases}\n${lines.join('\n')}`;
  });
  const strays = misplaced.map(({ file, message }) => `${pc.red('x')} ${file}: ${message}`);
  print([...blocks, ...strays].join('\n\n'));
}

async function describe(candidate: CandidateFile) {
  const { id, op, file } = candidate;
  const common = { candidate: id, op, file: shown(file) };
  try {
    const { about, flags, threads, tier, hash, source } = await build(candidate);
    return { ...common, about, flags, threads, tier, hash, source, error: null };
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    return {
      ...common,
      about: null,
      flags: [],
      threads: null,
      tier: null,
      hash: null,
      source: null,
      error: error.message,
    };
  }
}
