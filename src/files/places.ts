/** The folders that the tool reads and writes. */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import writeFileAtomic from 'write-file-atomic';
import { NfoldError } from '../contract/errors.ts';

/** Where nfold itself lies: its kernels, baselines and peers. */
export const packageRoot = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '');

/** Where the user works: records and the build cache go to `.nfold` there, and `kernels/` there is scanned as well. */
export const workFolder = currentFolder();

export const stateFolder = join(workFolder, '.nfold');
export const cacheFolder = join(stateFolder, 'cache');
export const recordsFolder = join(stateFolder, 'records');

function currentFolder(): string {
  try {
    return process.cwd();
  } catch {
    throw new NfoldError('The folder that this was started in has been removed: go to another one.');
  }
}

/** Writes a file of the state folder, whole or not at all, since two runs at once may want the same; false where that can't be written to. */
export function keep(file: string, content: string | Buffer): boolean {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileAtomic.sync(file, content);
    return true;
  } catch {
    return false;
  }
}
