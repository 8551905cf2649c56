/**
 * Reads files that the user names, or that lie in a folder which others can write to. Such a name may lead to a dangling link, to a named
 * pipe, on which opening waits for ever, or to a device without an end. Anything but a regular file is refused in words.
 */
import fs, { constants, type Stats } from 'node:fs';
import { sep } from 'node:path';
import { attempt } from '../contract/attempt.ts';
import { NfoldError } from '../contract/errors.ts';
import { placeOf } from './places.ts';

/** Words that follow a file's name: `does not exist`. */
export type Trouble = string;

export const absent: Trouble = 'does not exist';

const troubles: Record<string, Trouble> = {
  ENOENT: absent,
  ENOTDIR: 'does not exist, since its path has a file where a folder should be',
  EACCES: 'may not be read',
  EPERM: 'may not be read',
  ELOOP: 'is a link that leads back to itself',
  ENAMETOOLONG: 'has a name that is too long',
  ENXIO: 'is a socket or a device',
  ERR_INVALID_ARG_VALUE: 'has a name that no file can have',
};

/** What lies at a path, or why that is unknown. */
export function look(file: string): Stats | Trouble {
  try {
    return fs.statSync(placeOf(file));
  } catch (error) {
    return troubleOf(error, file);
  }
}

/** Why this is no regular file; null for one. */
export function oddityOf(found: Stats): Trouble | null {
  if (found.isFile()) return null;
  if (found.isDirectory()) return 'is a folder';
  if (found.isFIFO()) return 'is a named pipe';
  return found.isSocket() ? 'is a socket' : 'is a device';
}

/** The path without links and in the letters of the file system; the same path if nothing lies there. */
export function realPath(file: string): string {
  return attempt(() => fs.realpathSync.native(placeOf(file)), file);
}

/** The names in a folder, sorted, or why they cannot be read. */
export function namesIn(folder: string): string[] | Trouble {
  try {
    return fs.readdirSync(placeOf(folder)).sort();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOTDIR' && typeof look(folder) !== 'string' ? 'is no folder' : troubleOf(error, folder);
  }
}

/** Opens a regular file of at most `maxBytes` for `use` and returns its value, or why the file or `use` failed. */
export function withFile<T>(
  file: string,
  maxBytes: number,
  use: (opened: number, size: number) => T,
): { readonly value: T } | Trouble {
  let opened: number | null = null;
  try {
    // Opening a pipe does not wait then.
    opened = fs.openSync(placeOf(file), constants.O_RDONLY | constants.O_NONBLOCK);
    const found = fs.fstatSync(opened);
    const oddity = oddityOf(found);
    if (oddity !== null) return oddity;
    if (found.size > maxBytes) return `has ${found.size} bytes: the limit is ${maxBytes}`;
    return { value: use(opened, found.size) };
  } catch (error) {
    return troubleOf(error, file);
  } finally {
    if (opened !== null) fs.closeSync(opened);
  }
}

/** The bytes of a file, or why they cannot be read. By default at most 1 GiB, since more would fill the memory. */
export function contentOf(file: string, maxBytes = 2 ** 30): Buffer | Trouble {
  const read = withFile(file, maxBytes, (opened) => fs.readFileSync(opened));
  return typeof read === 'string' ? read : read.value;
}

/**
 * The same of a file that lies in one of these folders, links followed. It is asked of the open file, which nobody can put another one in
 * the place of.
 */
export function contentWithin(homes: readonly string[], file: string, maxBytes: number): Buffer | Trouble {
  const read = withFile(file, maxBytes, (opened) => {
    const real = fs.realpathSync.native(placeOf(file));
    const [there, here] = [fs.statSync(real), fs.fstatSync(opened)];
    const isThere = there.ino === here.ino && there.dev === here.dev;
    return isThere && homes.some((home) => isWithin(real, realPath(home))) ? fs.readFileSync(opened) : astray;
  });
  return typeof read === 'string' ? read : read.value;
}

export const astray: Trouble = 'is a link that leads out of its folder';

/** Both without links. */
export const isWithin = (path: string, folder: string): boolean =>
  `${path}${sep}`.startsWith(folder.endsWith(sep) ? folder : folder + sep);

/** The bytes of a file. Throws NfoldError: `The <what> <file> <trouble>: <advice>.` */
export function readGiven(what: string, file: string, advice = ''): Buffer {
  const content = contentOf(file);
  if (typeof content !== 'string') return content;
  throw new NfoldError(`The ${what} ${file} ${content}${advice && `: ${advice}`}.`, 'no-file', { file });
}

function troubleOf(error: unknown, file: string): Trouble {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  if (code === 'ENOENT' && isLink(file)) return 'is a link that leads nowhere';
  return troubles[code] ?? `cannot be read (${code})`;
}

export function isLink(file: string): boolean {
  return fs.lstatSync(placeOf(file), { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}
