/**
 * What counts of a folder that came back: the attempt's sources, and nothing else. The folder comes from anybody: links are not followed,
 * nothing but regular files is opened, and whatever is odd ends in a sentence.
 */
import fs from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { digestOf } from '../build/sources.ts';
import { kinds } from '../catalog/candidates.ts';
import { brief, NfoldError } from '../contract/errors.ts';
import { contentWithin, look, namesIn, oddityOf } from '../files/given.ts';
import { placeOf } from '../files/places.ts';
import { changesIn } from './changes.ts';
import { copiesIn } from './copies.ts';
import { checkManifest, type Manifest, manifestIn, manifestName } from './manifest.ts';
import { attemptFile, limits, type Task, taskNamed } from './task.ts';

/** A file that counts. */
export interface AttemptFile {
  readonly path: string;
  readonly content: Buffer;
}

/** An attempt as its folder holds it. */
export interface Artefact {
  /** What it is called: the name of its folder. */
  readonly label: string;
  readonly task: Task;
  /** Hash of its files, in the order of their paths. */
  readonly hash: string;
  /** `kernels/<op>/attempt.<ending>`, one for each op, and all of kernels/common; sorted by path. */
  readonly files: readonly AttemptFile[];
  /** Sentences: what else was changed in the folder, which is ignored. */
  readonly ignored: readonly string[];
  /** Sentences: sources that are those of a kernel that comes with nfold. */
  readonly copied: readonly string[];
  /** Why it cannot be judged: no source of an op, a link, a file too large. Null if it can. */
  readonly fault: string | null;
  /** Null if the folder has lost it. */
  readonly manifest: Manifest | null;
}

/** Throws NfoldError if there is no such folder, or it is not one of this task, or not of this nfold. */
export async function readArtefact(folder: string, name?: string): Promise<Artefact> {
  const root = resolve(placeOf(folder));
  const there = look(root);
  const trouble = typeof there === 'string' ? there : there.isDirectory() ? null : 'is no folder';
  if (trouble !== null)
    throw new NfoldError(`${folder} ${trouble}: give the folder of an attempt.`, 'no-file', { file: folder });
  const found = manifestIn(root);
  const manifest = typeof found === 'string' ? null : found;
  const why = typeof found === 'string' ? `its ${manifestName} ${found}` : `it has no ${manifestName}`;
  const chosen = name ?? manifest?.task;
  if (chosen === undefined)
    throw new NfoldError(`${folder} does not say which task it is of, since ${why}: give it with --task.`, 'bad-file', {
      file: folder,
    });
  const task = taskNamed(chosen);
  if (manifest) await checkManifest(manifest, task, folder);
  const { files, fault } = sourcesIn(root, task);
  const unknown = `${why}, so nobody can tell what else was changed`;
  return {
    ...{ label: brief(basename(root)) || 'attempt', task, files, fault, manifest },
    hash: digestOf(...files.flatMap(({ path, content }) => [path, content])),
    ignored: manifest ? changesIn(root, manifest, task) : [unknown],
    copied: copiesIn(files),
  };
}

/** Why there is nothing to judge. */
class Fault extends Error {}

function sourcesIn(root: string, { ops }: Task): Pick<Artefact, 'files' | 'fault'> {
  try {
    const paths = [...ops.map((op) => ownOf(root, op)), ...commonOf(root)].sort();
    let left: number = limits.total;
    const files = paths.map((path) => {
      const content = taken(root, path);
      left -= content.length;
      if (left < 0) throw new Fault(`the sources have more than ${limits.total} bytes together, which is the limit`);
      return { path, content };
    });
    return { files, fault: null };
  } catch (error) {
    if (error instanceof Fault) return { files: [], fault: brief(error.message) };
    throw error;
  }
}

/** The path of the one source of an op. */
function ownOf(root: string, op: string): string {
  const names = listed(root, `kernels/${op}`);
  const found = kinds.map((kind) => attemptFile(op, kind)).filter((path) => names.includes(basename(path)));
  if (found.length === 1) return found[0];
  const endings = kinds.map((kind) => `.${kind}`).join(' ');
  throw new Fault(
    found.length === 0
      ? `there is no kernels/${op}/attempt with one of the endings ${endings}`
      : `there are ${found.join(' and ')}: leave the one that counts`,
  );
}

function commonOf(root: string): string[] {
  const names = listed(root, 'kernels/common').filter((name) => !name.startsWith('.'));
  const odd = names.find((name) => !/^\w[\w.-]{0,99}$/.test(name));
  if (odd !== undefined)
    throw new Fault(`kernels/common has a file '${odd}': names have letters, digits, '_', '-' and '.'`);
  if (names.length > limits.common)
    throw new Fault(`kernels/common has ${names.length} files: the limit is ${limits.common}`);
  return names.map((name) => `kernels/common/${name}`);
}

/** The names in a folder of the attempt; none if it is not there. */
function listed(root: string, path: string): string[] {
  const parts = path.split('/');
  for (const [i] of parts.entries()) {
    const part = parts.slice(0, i + 1).join('/');
    const there = fs.lstatSync(join(root, part), { throwIfNoEntry: false });
    if (there === undefined) return [];
    if (!there.isDirectory())
      throw new Fault(`${part} ${there.isSymbolicLink() ? 'is a link' : 'is no folder'}: a folder belongs there`);
  }
  const names = namesIn(join(root, path));
  if (typeof names === 'string') throw new Fault(`${path} ${names}`);
  return names;
}

function taken(root: string, path: string): Buffer {
  const file = join(root, path);
  const there = fs.lstatSync(file, { throwIfNoEntry: false });
  const oddity = there?.isSymbolicLink() ? 'is a link' : there && oddityOf(there);
  if (oddity) throw new Fault(`${path} ${oddity}: a file belongs there`);
  // Asked of the open file, since another one may be put in its place meanwhile.
  const content = contentWithin([join(root, 'kernels')], file, path.endsWith('.wasm') ? limits.module : limits.source);
  if (typeof content === 'string') throw new Fault(`${path} ${content}`);
  return content;
}
