/**
 * The candidates: kernels/<op>/<name>.<kind>, in nfold's own folder and in the user's. The path is the registration, and
 * a file that fits no rule is a problem with a hint, never passed over.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { packageRoot, workFolder } from '../files/places.ts';
import { opNames } from './ops.ts';

export const kinds = ['ts', 'as.ts', 'wat', 'wasm.ts'] as const;
export type Kind = (typeof kinds)[number];

export interface CandidateFile {
  /** `sgemm/ikj-ts` */
  readonly id: string;
  readonly op: string;
  readonly kind: Kind;
  readonly file: string;
}

/** A file that cannot be a candidate, and why. */
export interface Problem {
  readonly file: string;
  /** The op in whose folder it lies, if that is one. */
  readonly op: string | null;
  readonly message: string;
}

export interface Catalog {
  readonly ops: readonly string[];
  readonly candidates: readonly CandidateFile[];
  readonly problems: readonly Problem[];
}

/** Reads folders, opens no file. */
export function scan(): Catalog {
  const ops = opNames();
  const candidates: CandidateFile[] = [];
  const problems: Problem[] = [];
  for (const root of new Set([packageRoot, workFolder])) {
    for (const file of filesBelow(join(root, 'kernels'))) {
      const found = identify(file, ops);
      if (found === null) continue;
      if ('message' in found) problems.push(found);
      else if (candidates.some((other) => other.id === found.id)) {
        const message = `the name ${found.id} is taken by another file: rename one of the two`;
        problems.push({ file, op: found.op, message });
      } else candidates.push(found);
    }
  }
  candidates.sort((a, b) => (a.id < b.id ? -1 : 1));
  return { ops, candidates, problems };
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
  return { id: `${op}/${stem}`, op, kind, file: resolve(file) };
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => !path.split(sep).some((part) => part === 'node_modules' || part.startsWith('.')))
    .map((path) => join(folder, path))
    .filter((path) => statSync(path).isFile())
    .sort();
}

/** What a command takes for a candidate: its id, or the path of one that lies in no kernels folder. */
export function selectorOf({ id, file }: CandidateFile): string {
  const known = [packageRoot, workFolder].some((root) => file.startsWith(join(root, 'kernels') + sep));
  if (known) return id;
  const path = shown(file);
  return path.includes(sep) ? path : `.${sep}${path}`;
}

/** A path as the user would type it. */
export function shown(file: string): string {
  const path = relative(workFolder, file) || '.';
  return path.startsWith('..') ? file : path;
}
