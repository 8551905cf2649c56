/** The folders that the tool reads and writes. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where nfold itself lies: its kernels, baselines and peers. */
export const packageRoot = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '');

/** Where the user works: records and the build cache go to `.nfold` there, and `kernels/` there is scanned as well. */
export const workFolder = process.cwd();

export const stateFolder = join(workFolder, '.nfold');
export const cacheFolder = join(stateFolder, 'cache');
export const recordsFolder = join(stateFolder, 'records');
