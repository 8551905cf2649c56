/**
 * The candidates: kernels/<op>/<name>.<kind>, in nfold's own folder and in the user's. The path is the registration. A file
 * that fits no rule is a problem with a hint.
 */
import { basename, dirname, join, resolve, sep } from 'node:path';
import type { Parameters } from '../contract/candidate.ts';
import { errorData } from '../contract/errors.ts';
import { plain } from '../contract/foreign.ts';
import { absent, astray, isLink, isWithin, look, namesIn, oddityOf, realPath, type Trouble } from '../files/given.ts';
import { homesOf } from '../files/homes.ts';
import { packageRoot, placeOf, shown, workspace } from '../files/places.ts';
import { findOps } from './ops.ts';

export const kinds = ['ts', 'as.ts', 'wat', 'wasm.ts', 'c', 'wasm'] as const;
export type Kind = (typeof kinds)[number];

/** How the name of a candidate's file ends. */
export const ending = new RegExp(`\\.(${kinds.join('|')})$`);

export interface CandidateFile {
  /** `sgemm/ikj-ts` */
  readonly id: string;
  readonly op: string;
  readonly kind: Kind;
  readonly file: string;
  /** The path that selects it, if several files have its id. */
  readonly selector?: string;
  /** The id of the candidate whose tuned parameters it takes; its own, if it has none. */
  readonly tunedAs?: string;
  /** The parameters of a generator where a record has them: they replace tuned ones. */
  readonly parameters?: (dims: Readonly<Record<string, number>>) => Parameters | null;
}

/** A file that is no candidate, and why. */
export interface Problem {
  readonly file: string;
  /** The op in whose folder the file lies; null for another folder. */
  readonly op: string | null;
  readonly message: string;
  /** The candidate that it would be if no other file had its name: only its path selects it. */
  readonly namesake?: CandidateFile;
}

export interface Catalog {
  readonly ops: readonly string[];
  readonly candidates: readonly CandidateFile[];
  readonly problems: readonly Problem[];
}

/** Reads folders and opens no file. A file or folder that cannot be read is a problem and hides no other. */
export function scan(roots: readonly string[] = [packageRoot, workspace().root]): Catalog {
  const { names: ops, odd } = findOps();
  const problems: Problem[] = odd.map((one) => ({ ...one, op: null }));
  const found: CandidateFile[] = [];
  for (const top of new Set(roots.map((root) => join(root, 'kernels')))) {
    for (const { file, trouble } of filesBelow(top)) {
      const known = identify(file, ops);
      const op = [basename(file), basename(dirname(file))].find((name) => ops.includes(name)) ?? null;
      if (trouble !== null && (known !== null || file === top))
        problems.push({ file, op, message: `${trouble}: mend it, or take it away` });
      else if (known === null) continue;
      else if ('message' in known) problems.push(known);
      else if (!found.some((other) => isSame(other, known))) found.push(known);
    }
  }
  const byId = [...Map.groupBy(found, ({ id }) => id).values()];
  for (const namesake of byId.filter(({ length }) => length > 1).flat()) {
    const { file, op, id } = namesake;
    const others = found.filter((other) => other.id === id && other !== namesake).map((other) => shown(other.file));
    const message = `its name ${id} is that of ${others.join(' and ')} too: ${renameOne}`;
    problems.push({ file, op, namesake, message });
  }
  const alone = byId.filter(({ length }) => length === 1).map(([{ selector, ...candidate }]) => candidate);
  return { ops, candidates: alone.sort((a, b) => (a.id < b.id ? -1 : 1)), problems };
}

export const renameOne = 'rename one of them, or give the path of the one that is meant';

/** Whether two candidates are one file, reached by two paths. */
export function isSame(a: CandidateFile, b: CandidateFile): boolean {
  return a.id === b.id && a.kind === b.kind && realPath(a.file) === realPath(b.file);
}

/** The candidate or problem that a path stands for; null for other files of kernels/: shared pieces, pages, dot files. */
export function identify(file: string, ops: readonly string[]): CandidateFile | Problem | null {
  const folder = basename(dirname(file));
  const name = basename(file);
  if (folder === 'common' || name.endsWith('.md') || name.startsWith('.')) return null;
  const op = ops.includes(folder) ? folder : null;
  const problem = (message: string): Problem => ({ file, op, message });
  if (!op)
    return problem(`'${folder}' is not an op: put the file in kernels/<op>/, where <op> is one of ${ops.join(', ')}`);
  const stem = name.split('.', 1)[0];
  const rest = name.slice(stem.length);
  const kind = kinds.find((known) => `.${known}` === rest);
  if (!kind) return problem(`the ending ${rest || '.'} is not one of .${kinds.join(' .')}: rename or move it`);
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(stem))
    return problem(`the name '${stem}' should be lower-case words and digits joined by '-', like packed-6x16-wasmsimd`);
  if (stem === 'baseline')
    return problem('baseline is the name of what candidates are compared with: choose another one');
  return { id: `${op}/${stem}`, op, kind, file: resolve(placeOf(file)), selector: typed(file) };
}

/**
 * The files below a folder, and what cannot be read as a file or listed as a folder, with the reason. Links are followed last, and no folder
 * is read twice, so that links may form circles.
 */
function filesBelow(top: string): { file: string; trouble: Trouble | null }[] {
  const found: { file: string; trouble: Trouble | null }[] = [];
  const seen = new Set<string>();
  const [folders, links]: string[][] = [[], []];
  for (let folder: string | undefined = top; folder; folder = folders.pop() ?? links.pop()) {
    const names = namesIn(folder);
    const real = realPath(folder);
    if (typeof names === 'string') {
      if (names !== absent || folder !== top) found.push({ file: folder, trouble: names });
    } else if (seen.has(real) || (folder !== top && isWithin(realPath(top), real))) {
      found.push({ file: folder, trouble: 'is a link to a folder that is searched already' });
    } else {
      seen.add(real);
      for (const name of names.filter((name) => name !== 'node_modules' && !name.startsWith('.'))) {
        const file = join(folder, name);
        const there = look(file);
        if (typeof there === 'string') found.push({ file, trouble: there });
        else if (!there.isDirectory() || ending.test(name))
          found.push({ file, trouble: oddityOf(there) ?? strays(file) });
        else if (!isLink(file)) folders.push(file);
        else if (isWithin(realPath(file), realPath(dirname(top)))) links.push(file);
        else found.push({ file, trouble: astray });
      }
    }
  }
  return found.sort((a, b) => (a.file < b.file ? -1 : 1));
}

/** Of a file that is a link, or lies in a folder that is one. */
const strays = (file: string): Trouble | null =>
  homesOf(file).some((home) => isWithin(realPath(file), realPath(home))) ? null : astray;

/** The word that selects a candidate: its id, or its path if several files have that id. */
export const selectorOf = ({ id, selector = id }: CandidateFile): string => selector;

/** A path as the user would type it for a selector. */
function typed(file: string): string {
  const path = shown(file);
  return path.includes(sep) && /^[\w./]/.test(path) ? path : `.${sep}${path}`;
}

/** A problem as `--json` prints it. */
export const misplaced = (problem: Problem) =>
  errorData(told(problem), { code: 'misplaced', file: plain(shown(problem.file)) });

/** Whether it is a folder of baselines/ that would be the op of this name, if nothing were wrong with it. */
export const isOddOp = ({ file, op }: Problem, name: string): boolean =>
  op === null && basename(file) === name && basename(dirname(file)) === 'baselines';

/** A problem as one sentence on one line. */
export const told = ({ file, message }: Problem): string => plain(`${shown(file)}: ${message}`);
