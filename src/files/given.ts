/**
 * Files that the user names, or that lie in a folder which anybody may put something into. Such a name may lead to anything: a link to
 * nothing, a named pipe, on which opening waits for ever, a device that never ends. What is no regular file is refused in words.
 */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs';
import { NfoldError } from '../contract/errors.ts';
import { placeOf } from './places.ts';

/** Words that follow the name of a file. */
export type Trouble = string;

export const absent: Trouble = 'does not exist';

const troubles: Record<string, Trouble> = {
  ENOENT: absent,
  ENOTDIR: 'does not exist, since a file stands where its path has a folder',
  EACCES: 'may not be read',
  EPERM: 'may not be read',
  ELOOP: 'is a link that leads back to itself',
  ENAMETOOLONG: 'has a name that is longer than names can be',
  ENXIO: 'is a socket or a device',
  ERR_INVALID_ARG_VALUE: 'has a name that no file can have',
};

/** What lies there, or why that cannot be said. */
export function look(file: string): Stats | Trouble {
  try {
    return statSync(placeOf(file));
  } catch (error) {
    return troubleOf(error, file);
  }
}

/** Null for a regular file. */
export function oddityOf(found: Stats): Trouble | null {
  if (found.isFile()) return null;
  if (found.isDirectory()) return 'is a folder';
  if (found.isFIFO()) return 'is a named pipe';
  return found.isSocket() ? 'is a socket' : 'is a device';
}

/** The path of the file itself, whatever links or letters led to it; the same path where nothing lies. */
export function realPath(file: string): string {
  try {
    return realpathSync.native(placeOf(file));
  } catch {
    return file;
  }
}

/** The names in a folder, sorted, or why there are none. */
export function namesIn(folder: string): string[] | Trouble {
  try {
    return readdirSync(placeOf(folder)).sort();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOTDIR' && typeof look(folder) !== 'string' ? 'is no folder' : troubleOf(error, folder);
  }
}

/** Opens a regular file of no more bytes than that for `use`; what keeps it from that, or happens in it, in words. */
export function withFile<T>(
  file: string,
  maxBytes: number,
  use: (opened: number, size: number) => T,
): { readonly value: T } | Trouble {
  let opened: number | null = null;
  try {
    // A pipe answers at once then, and so is seen to be one.
    opened = openSync(placeOf(file), constants.O_RDONLY | constants.O_NONBLOCK);
    const found = fstatSync(opened);
    const oddity = oddityOf(found);
    if (oddity !== null) return oddity;
    if (found.size > maxBytes) return `has ${found.size} bytes: ${maxBytes} are the most`;
    return { value: use(opened, found.size) };
  } catch (error) {
    return troubleOf(error, file);
  } finally {
    if (opened !== null) closeSync(opened);
  }
}

/** All that a text, a checkpoint or a record may have: more would fill the memory. */
const maxGiven = 2 ** 30;

/** Its bytes, or why there are none. */
export function contentOf(file: string, maxBytes = maxGiven): Buffer | Trouble {
  const read = withFile(file, maxBytes, (opened) => readFileSync(opened));
  return typeof read === 'string' ? read : read.value;
}

/** Its bytes; where they can't be read, an error that names `what` it is, the file, why, and what to do, if there is `advice`. */
export function readGiven(what: string, file: string, advice = ''): Buffer {
  const content = contentOf(file);
  if (typeof content !== 'string') return content;
  throw new NfoldError(`The ${what} ${file} ${content}${advice && `: ${advice}`}.`);
}

function troubleOf(error: unknown, file: string): Trouble {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  if (code === 'ENOENT' && isLink(file)) return 'is a link to what is not there';
  return troubles[code] ?? `cannot be read (${code})`;
}

export function isLink(file: string): boolean {
  return lstatSync(placeOf(file), { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}
