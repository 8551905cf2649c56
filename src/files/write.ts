/**
 * All that nfold writes goes through here. A file is written whole or not at all: beside its name, to the last byte, synced, and only
 * then put in its place; where anything fails, what was there before stays. What a killed process leaves half-written has a name
 * that nobody reads, and goes with the next file of that folder.
 */

import { randomBytes } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { exit, messageOf, NfoldError } from '../contract/errors.ts';
import { lives, system } from './owner.ts';
import { placeOf, shown } from './places.ts';
import { targetOf } from './target.ts';

/** One sentence, which names the file and says why. */
export class Unwritten extends NfoldError {
  /** Without its full stop, for more to be said. */
  readonly clause: string;
  constructor(file: string, error: unknown) {
    const clause = `${shown(file)} could not be written: ${reasonOf(error, file)}`;
    super(`${clause}.`, exit.failed);
    this.clause = clause;
  }
}

/** Replaces a file, or makes one. A link stays one: what it leads to is replaced. Throws Unwritten. */
export function writeWhole(file: string, content: string | Uint8Array): void {
  naming(file, () => {
    const { path, there } = replaceable(file);
    throughHalf(path, there, content, (half) => renameSync(half, path));
  });
}

/** Makes a file and its folders; false where the name is taken, since a link, unlike a rename, then fails. Throws Unwritten. */
export function writeNew(file: string, content: string | Uint8Array): boolean {
  makeFolder(file);
  return naming(file, () => {
    try {
      throughHalf(file, null, content, (half) => putNew(half, file));
      return true;
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false;
      throw error;
    }
  });
}

/** A file of the state folder, which two runs at once may want the same; what went wrong where it can't be kept, else null. */
export function keep(file: string, content: string | Uint8Array): Unwritten | null {
  try {
    makeFolder(file);
    writeWhole(file, content);
    return null;
  } catch (error) {
    if (error instanceof Unwritten) return error;
    throw error;
  }
}

/** The folders of a file that is to be written. Throws Unwritten. */
export function makeFolder(file: string): void {
  naming(file, () => make(dirname(placeOf(file))));
}

/** One by one: Node's own `recursive` says of a read-only disk that there is no folder. */
function make(folder: string): void {
  if (isFolder(folder)) return;
  make(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    if (!isFolder(folder)) throw error;
  }
}

const isFolder = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** Adds a line at the end, on a line of its own where a killed process left half of one. Makes the file and its folders. Throws Unwritten. */
export function appendLine(file: string, line: string): void {
  makeFolder(file);
  naming(file, () => {
    const fd = openSync(replaceable(file).path, 'a+');
    try {
      const { size } = fstatSync(fd);
      const last = Buffer.from('\n');
      if (size > 0) readSync(fd, last, 0, 1, size - 1);
      const bytes = Buffer.from(`${last.toString() === '\n' ? '' : '\n'}${line}\n`);
      try {
        writeAll(fd, bytes);
        fsyncSync(fd);
      } catch (error) {
        // Unless another process has added to it meanwhile.
        if (fstatSync(fd).size < size + bytes.length) ftruncateSync(fd, size);
        throw error;
      }
    } finally {
      closeSync(fd);
    }
  });
}

/** Throws, where `writeWhole` would fail already now. */
export function tryOut(file: string): void {
  const { path } = replaceable(file);
  const half = halfOf(path);
  closeSync(openSync(half, 'wx'));
  rmSync(half);
}

/** What an option names is refused before a run, if `work`, which tries it, throws. */
export function refusing(option: string, file: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    throw new NfoldError(`${option} cannot be written: ${reasonOf(error, file)}.`);
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EFBIG: 'files may not be that large here',
  EIO: 'the disk reports an error',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  ENAMETOOLONG: 'its name is too long',
  ELOOP: 'its links lead in a circle',
  EBADF: 'no file is open there for writing',
  EINVAL: 'it takes no bytes',
  EACCES: 'it or its folder may not be written to',
  EPERM: 'it or its folder may not be written to',
};

function reasonOf(error: unknown, file: string): string {
  const { code, syscall, path = file } = error as NodeJS.ErrnoException;
  if (code === undefined) return messageOf(error);
  // Of the file that a link leads to, where it is one.
  const folder = shown(syscall === 'mkdir' ? path : dirname(path));
  if (code === 'ENOENT') return `there is no folder ${folder}`;
  if (code === 'ENOTDIR' || code === 'EEXIST') return `a file is in the way of the folder ${folder}`;
  return code in reasons ? `${reasons[code]} (${code})` : messageOf(error);
}

export const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

export function naming<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof Unwritten ? error : new Unwritten(file, error);
  }
}

/** What is a file, or may become one. */
function replaceable(file: string): { readonly path: string; readonly there: Stats | null } {
  const target = targetOf(file);
  if (target.kind !== 'file') throw new Error('it is a device or a pipe, not a file');
  if (target.there) accessSync(target.path, constants.W_OK);
  return target;
}

function throughHalf(path: string, there: Stats | null, content: string | Uint8Array, put: (half: string) => void) {
  clearHalves(dirname(path));
  const half = halfOf(path);
  const fd = openSync(half, 'wx');
  try {
    try {
      if (there) resemble(fd, there);
      writeAll(fd, typeof content === 'string' ? Buffer.from(content) : content);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    put(half);
    syncFolder(dirname(path));
  } finally {
    remove(half);
  }
}

/** One call may write less than it is given, which is no success: the next one says why. */
function writeAll(fd: number, bytes: Uint8Array): void {
  for (let sent = 0; sent < bytes.length; ) {
    const wrote = writeSync(fd, bytes, sent);
    if (wrote === 0) throw new Error('it takes no more bytes');
    sent += wrote;
  }
}

function putNew(half: string, file: string): void {
  try {
    linkSync(half, file);
  } catch (error) {
    // Some file systems, such as those of memory cards, have no links.
    if (codeOf(error) === 'EEXIST' || existsSync(file)) throw Object.assign(new Error('taken'), { code: 'EEXIST' });
    renameSync(half, file);
  }
}

/** Whose it is and who may read it stay, as far as the file system has it. */
function resemble(fd: number, { uid, gid, mode }: Stats): void {
  for (const apply of [() => fchownSync(fd, uid, gid), () => fchmodSync(fd, mode & 0o7777)]) {
    try {
      apply();
    } catch {}
  }
}

/** So that the name outlives a power cut as well, where a folder can be synced. */
function syncFolder(folder: string): void {
  try {
    const fd = openSync(folder, 'r');
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch {}
}

/** Of this machine, until it starts anew. */
export const prefix = `.nfold-half-${system()}-`;

/** Of the same length for every file, as a name may be as long as the file system allows. */
const halfOf = (path: string) => `${dirname(path)}/${prefix}${process.pid}-${randomBytes(4).toString('hex')}`;

/** What processes that are no more have left; those of other machines after an hour, as a writer that is alive takes less. */
function clearHalves(folder: string): void {
  try {
    for (const name of readdirSync(folder)) {
      const [, pid] = /^\.nfold-half-[0-9a-f]{8}-(\d+)-[0-9a-f]{8}$/.exec(name) ?? [];
      if (pid === undefined) continue;
      const half = `${folder}/${name}`;
      const { mtimeMs = Date.now() } = statSync(half, { throwIfNoEntry: false }) ?? {};
      // The clock may have been set meanwhile, so that it says nothing of a process that can be asked for.
      const isLeft = name.startsWith(prefix) ? !lives(Number(pid)) : Math.abs(Date.now() - mtimeMs) > 3_600_000;
      if (isLeft) remove(half);
    }
  } catch {
    // A folder that may be written to but not read.
  }
}

/** Where it can't be, that is no failure: it is of no use, and no harm. */
export function remove(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {}
}
