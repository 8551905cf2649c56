/** The folders that the tool reads and writes: its own, and the workspace of the command that runs. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { readFileSync } from 'node:fs';
import { extname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NfoldError } from '../contract/errors.ts';

/** The folder of nfold's programs, and their ending: the TypeScript of a checkout, or what a package has compiled from it, in dist/. */
const programs = fileURLToPath(new URL('../../', import.meta.url)).replace(/[/\\]$/, '');
const ending = extname(import.meta.url);

/** Where nfold itself lies: its kernels, baselines and pages. */
export const packageRoot = ending === '.ts' ? programs : resolve(programs, '..');

/** The folder that has nfold: the checkout itself, or that of the node_modules which it lies in. */
export const [homeRoot] = packageRoot.split(`${sep}node_modules${sep}`);

/** A module of nfold that is run, by its path from the root without an ending: `src/cell/main`. */
export const programFile = (path: string): string => join(programs, `${path}${ending}`);

interface Manifest {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

/** What package.json says. */
export const manifest = (): Manifest => JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));

/** Where a user works. All paths are absolute. */
export interface Workspace {
  /** Its `kernels/` and `baselines/` are scanned beside nfold's own. */
  readonly root: string;
  /** `.nfold` in `root`, with all that is kept. */
  readonly state: string;
  /** The builds of candidates, in `state`. */
  readonly cache: string;
  /** The records, in `state`. */
  readonly records: string;
  /**
   * The words that start nfold from `root`. npx knows it in its own checkout and where it is installed; elsewhere it would fetch
   * whatever the registry has under that name.
   */
  readonly command: readonly string[];
}

/** The workspace in the folder `root`, an absolute path such as `import.meta.dirname`. Nothing is made in it before there is something to keep. */
export function workspaceAt(folder: string): Workspace {
  const root = resolve(folder);
  const state = join(root, '.nfold');
  const installed = `${root}${sep}`.startsWith(`${homeRoot}${sep}`);
  const command = installed ? ['npx', 'nfold'] : ['node', join(packageRoot, 'src/nfold.js')];
  return { root, state, cache: join(state, 'cache'), records: join(state, 'records'), command };
}

const current = new AsyncLocalStorage<Workspace>();

/** Runs `work`, and what it awaits, in that workspace. */
export function inWorkspace<T>(where: Workspace, work: () => T): T {
  return current.run(where, work);
}

/** That of the command that runs; outside of any, that of the folder the process was started in. Throws NfoldError if it is gone. */
export function workspace(): Workspace {
  return current.getStore() ?? ownWorkspace();
}

let own: Workspace | null = null;

function ownWorkspace(): Workspace {
  try {
    own ??= workspaceAt(process.cwd());
    return own;
  } catch {
    throw new NfoldError('The folder that nfold was started in is no longer there: go to another one.', 'no-file');
  }
}

/** A path as the user gave it, from the workspace. It is not normalized: a folder may be a link, and `..` then leads out of its target. */
export function placeOf(given: string): string {
  return isAbsolute(given) ? given : `${workspace().root}/${given}`;
}

/** Folders that the user does not know, and the words that stand for each. */
const foreign = new Map<string, string>();

/** From here on, the files of a folder are shown as git writes them, `1a2b3c4:kernels/sgemm/mine.ts`; returns what ends that. */
export function showAs(folder: string, words: string): () => void {
  foreign.set(folder, words);
  return () => void foreign.delete(folder);
}

/** A path as the user would type it. */
export function shown(file: string): string {
  for (const [folder, words] of foreign)
    if (file.startsWith(folder + sep)) return `${words}:${relative(folder, file).split(sep).join('/')}`;
  const path = relative(workspace().root, placeOf(file)) || '.';
  return path.startsWith('..') ? file : path;
}
