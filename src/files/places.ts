/** The folders that the tool reads and writes. */
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NfoldError } from '../contract/errors.ts';

/** Where nfold itself lies: its kernels, baselines and peers. */
export const packageRoot = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '');

/** Where the user works: records and the build cache go to `.nfold` there, and `kernels/` there is scanned as well. */
export const workFolder = startedIn();

function startedIn(): string {
  try {
    return process.cwd();
  } catch {
    throw new NfoldError('The folder that nfold was started in is no longer there: go to another one.');
  }
}

/**
 * The words that start nfold from the work folder. npx knows it in its own checkout and where it is installed; elsewhere it would fetch
 * whatever the registry has under that name.
 */
export const command: readonly string[] =
  `${workFolder}${sep}`.startsWith(`${packageRoot}${sep}`) || packageRoot.includes(`${sep}node_modules${sep}`)
    ? ['npx', 'nfold']
    : ['node', join(packageRoot, 'src/nfold.js')];

export const stateFolder = join(workFolder, '.nfold');
export const cacheFolder = join(stateFolder, 'cache');
export const recordsFolder = join(stateFolder, 'records');

/** A path as the user would type it. */
export function shown(file: string): string {
  const path = relative(workFolder, file) || '.';
  return path.startsWith('..') ? file : path;
}
