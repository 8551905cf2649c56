/**
 * The candidates: kernels/<op>/<name>.<kind>, in nfold's own folder and in the user's. The path is the registration, and
 * a file that fits no rule is a problem with a hint, never passed over.
 */
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { plain } from '../contract/errors.ts';
import { absent, isLink, look, namesIn, oddityOf, realPath, type Trouble } from '../files/given.ts';
import { packageRoot, placeOf, shown, workspace } from '../files/places.ts';
import { opNames } from './ops.ts';

export const kinds = ['ts', 'as.ts', 'wat', 'wasm.ts'] as const;
export type Kind = (typeof kinds)[number];

export interface CandidateFile {
  /** `sgemm/ikj-ts` */
  readonly id: string;
  readonly op: string;
  readonly kind: Kind;
  readonly file: string;
  /** What a command takes for it, where its id does not say which file is meant: a path. */
  readonly selector?: string;
}

/** A file that cannot be a candidate, and why. */
export interface Problem {
  readonly file: string;
  /** The op in whose folder it lies, if that is one. */
  readonly op: string | null;
  readonly message: string;
  /** What it would be, if no other file had its name. A path selects it; an id or a glob that means it is refused. */
  readonly namesake?: CandidateFile;
}

export interface Catalog {
  readonly ops: readonly string[];
  readonly candidates: readonly CandidateFile[];
  readonly problems: readonly Problem[];
}

/** Reads folders, opens no file. What an odd file or folder keeps from being read is a problem, and ends nothing. */
export function scan(roots: readonly string[] = [packageRoot, workspace().root]): Catalog {
  const ops = opNames();
  const problems: Problem[] = [];
  const found = new Map<string, CandidateFile[]>();
  for (const root of new Set(roots)) {
    const top = join(root, 'kernels');
    for (const { file, trouble } of filesBelow(top)) {
      const known = identify(file, ops);
      if (trouble !== null && (known !== null || file === top)) problems.push(odd(file, trouble, ops));
      else if (known === null) continue;
      else if ('message' in known) problems.push(known);
      else {
        const same = found.get(known.id) ?? [];
        if (!same.some((other) => isSame(other, known))) found.set(known.id, [...same, known]);
      }
    }
  }
  const alone = [...found.values()]
    .filter(({ length }) => length === 1)
    .map(([{ selector, ...candidate }]) => candidate);
  for (const namesakes of found.values()) {
    if (namesakes.length === 1) continue;
    for (const namesake of namesakes) {
      const { file, op, id } = namesake;
      const others = namesakes.filter((other) => other !== namesake).map((other) => shown(other.file));
      problems.push({
        file,
        op,
        namesake,
        message: `its name ${id} is that of ${others.join(' and ')} too: ${renameOne}`,
      });
    }
  }
  return { ops, candidates: alone.sort((a, b) => (a.id < b.id ? -1 : 1)), problems };
}

function odd(file: string, trouble: Trouble, ops: readonly string[]): Problem {
  const op = [basename(file), basename(dirname(file))].find((name) => ops.includes(name)) ?? null;
  return { file, op, message: `${trouble}: mend it, or take it away` };
}

export const renameOne = 'rename one of them, or give the path of the one that is meant';

/** Whether two candidates are one file, reached on two ways. */
export function isSame(a: CandidateFile, b: CandidateFile): boolean {
  return a.id === b.id && a.kind === b.kind && realPath(a.file) === realPath(b.file);
}

/** What the file is by its path alone; null for what belongs in kernels/ without being a candidate. */
export function identify(file: string, ops: readonly string[]): CandidateFile | Problem | null {
  const folder = basename(dirname(file));
  const name = basename(file);
  if (folder === 'common' || name.endsWith('.md') || name.startsWith('.')) return null;
  const op = ops.includes(folder) ? folder : null;
  const problem = (message: string): Problem => ({ file, op, message });
  if (!op) {
    return problem(`'${folder}' is not an op: put the file in kernels/<op>/, where <op> is one of ${ops.join(', ')}`);
  }
  const [stem, ...endings] = name.split('.');
  const kind = kinds.find((known) => known === endings.join('.'));
  if (!kind) {
    return problem(
      `the ending .${endings.join('.')} is not one of ${kinds.map((k) => `.${k}`).join(' ')}: rename or move it`,
    );
  }
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(stem)) {
    return problem(`the name '${stem}' should be lower-case words and digits joined by '-', like packed-6x16-wasmsimd`);
  }
  if (stem === 'baseline')
    return problem('baseline is the name of what candidates are compared with: choose another one');
  return { id: `${op}/${stem}`, op, kind, file: resolve(placeOf(file)), selector: typed(file) };
}

interface Found {
  readonly file: string;
  /** Why it is no file that can be read, or no folder whose files can be listed. */
  readonly trouble: Trouble | null;
}

/** Links are followed, after all else and to no folder twice, so that they may lead anywhere. */
function filesBelow(top: string): Found[] {
  const found: Found[] = [];
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
        else if (!there.isDirectory() || /\.(ts|wat)$/.test(name)) found.push({ file, trouble: oddityOf(there) });
        else (isLink(file) ? links : folders).push(file);
      }
    }
  }
  return found.sort((a, b) => (a.file < b.file ? -1 : 1));
}

const isWithin = (path: string, folder: string) => !relative(folder, path).startsWith('..');

/** What a command takes for a candidate: its id, or its path where that alone says which file is meant. */
export const selectorOf = ({ id, selector = id }: CandidateFile): string => selector;

/** A path as the user would type it for a selector. */
function typed(file: string): string {
  const path = shown(file);
  return path.includes(sep) && /^[\w./]/.test(path) ? path : `.${sep}${path}`;
}

/** A problem as one sentence on one line. */
export const told = ({ file, message }: Problem): string => plain(`${shown(file)}: ${message}`);
