/** Files whose names the user gives. */
import { readFileSync } from 'node:fs';
import { NfoldError } from '../contract/errors.ts';

const troubles: Record<string, string> = {
  ENOENT: 'does not exist',
  EISDIR: 'is a folder',
  EACCES: 'may not be read',
  ENAMETOOLONG: 'has too long a name',
};

/** Its bytes; where they can't be read, an error that names `what` it is, the file, why, and what to do, if there is `advice`. */
export function readGiven(what: string, file: string, advice = ''): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    const trouble = troubles[code] ?? `cannot be read (${code})`;
    throw new NfoldError(`The ${what} ${file} ${trouble}${advice && `: ${advice}`}.`);
  }
}
