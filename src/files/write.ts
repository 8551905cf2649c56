/**
 * Writes all of nfold's files. A file is written whole or not at all: first beside its name, to the last byte and synced, and then it is
 * put in its place. If anything fails, the file that was there stays. Readers ignore the name of a half-written file; one that a killed
 * process left is removed when the next file is written to its folder.
 */
import { randomBytes } from 'node:crypto';
import fs, { constants, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { attempt } from '../contract/attempt.ts';
import { exit, messageOf, NfoldError } from '../contract/errors.ts';
import { lives, system } from './owner.ts';
import { placeOf, shown } from './places.ts';
import { targetOf } from './target.ts';

/** A file could not be written: one sentence, which names it and says why. */
export class Unwritten extends NfoldError {
  /** The message without its full stop. */
  readonly clause: string;
  constructor(file: string, error: unknown) {
    const clause = `${shown(file)} could not be written: ${reasonOf(error, file)}`;
    super(`${clause}.`, exit.failed);
    this.clause = clause;
  }
}

/** Replaces a file, or makes one; of a link, the file that it leads to. Throws Unwritten. */
export function writeWhole(file: string, content: string | Uint8Array): void {
  withFileInErrors(file, () => {
    const { path, there } = replaceable(file);
    throughHalf(path, there, content, (half) => fs.renameSync(half, path));
  });
}

/** Makes a file and its folders; false if the name is taken. Throws Unwritten. */
export function writeNew(file: string, content: string | Uint8Array, mode?: number): boolean {
  makeFolder(file);
  return withFileInErrors(file, () => {
    try {
      throughHalf(file, null, content, (half) => putNew(half, file), mode);
      return true;
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false;
      throw error;
    }
  });
}

/** Makes or replaces a file and its folders. Returns the error if that fails, else null. */
export function tryWrite(file: string, content: string | Uint8Array): Unwritten | null {
  try {
    makeFolder(file);
    writeWhole(file, content);
    return null;
  } catch (error) {
    if (error instanceof Unwritten) return error;
    throw error;
  }
}

/** Makes the folders of a file. Throws Unwritten. */
export function makeFolder(file: string): void {
  withFileInErrors(file, () => make(dirname(placeOf(file))));
}

/** One by one: on a read-only disk, Node's own `recursive` reports that there is no folder. */
function make(folder: string): void {
  if (isFolder(folder)) return;
  make(dirname(folder));
  try {
    fs.mkdirSync(folder);
  } catch (error) {
    if (!isFolder(folder)) throw error;
  }
}

const isFolder = (path: string) => fs.statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** Appends a line, after a line break if a killed process left half a line. Makes the file and its folders. Throws Unwritten. */
export function appendLine(file: string, line: string): void {
  makeFolder(file);
  withFileInErrors(file, () => {
    withOpen(replaceable(file).path, 'a+', (fd) => {
      const { size } = fs.fstatSync(fd);
      const last = Buffer.from('\n');
      if (size > 0) fs.readSync(fd, last, 0, 1, size - 1);
      const bytes = Buffer.from(`${last.toString() === '\n' ? '' : '\n'}${line}\n`);
      try {
        writeAll(fd, bytes);
        fs.fsyncSync(fd);
      } catch (error) {
        // The half-written line goes, unless another process has appended to it meanwhile.
        if (fs.fstatSync(fd).size < size + bytes.length) fs.ftruncateSync(fd, size);
        throw error;
      }
    });
  });
}

/** Throws if `writeWhole` would fail now. */
export function testWrite(file: string): void {
  const { path } = replaceable(file);
  const half = halfOf(path);
  fs.closeSync(fs.openSync(half, 'wx'));
  fs.rmSync(half);
}

/** Refuses an option's file before a run, with NfoldError, if `work`, which tests the file, throws. */
export function refusing(option: string, file: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    throw new NfoldError(`${option} cannot be written: ${reasonOf(error, file)}.`, 'no-file', { file });
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
  // `path` belongs to the file that a link leads to.
  const folder = shown(syscall === 'mkdir' ? path : dirname(path));
  if (code === 'ENOENT') return `there is no folder ${folder}`;
  if (code === 'ENOTDIR' || code === 'EEXIST') return `a file is in the way of the folder ${folder}`;
  return code in reasons ? `${reasons[code]} (${code})` : messageOf(error);
}

export const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/** Turns every error of `work` into Unwritten. */
export function withFileInErrors<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof Unwritten ? error : new Unwritten(file, error);
  }
}

/** The path that a file is put at, links followed. Throws for anything but a file that may be written to. */
function replaceable(file: string): { readonly path: string; readonly there: Stats | null } {
  const target = targetOf(file);
  if (target.kind !== 'file') throw new Error('it is a device or a pipe, not a file');
  if (target.there) fs.accessSync(target.path, constants.W_OK);
  return target;
}

function throughHalf(
  path: string,
  there: Stats | null,
  content: string | Uint8Array,
  put: (half: string) => void,
  mode?: number,
) {
  clearHalves(dirname(path));
  const half = halfOf(path);
  try {
    withOpen(
      half,
      'wx',
      (fd) => {
        if (there) copyOwner(fd, there);
        writeAll(fd, typeof content === 'string' ? Buffer.from(content) : content);
        fs.fsyncSync(fd);
      },
      mode,
    );
    put(half);
    // So that the name outlives a power cut as well.
    attempt(() => withOpen(dirname(path), 'r', fs.fsyncSync));
  } finally {
    remove(half);
  }
}

function withOpen(file: string, flags: string, use: (fd: number) => void, mode?: number): void {
  const fd = fs.openSync(file, flags, mode);
  try {
    use(fd);
  } finally {
    fs.closeSync(fd);
  }
}

/** A call may write less than it is given: the next one then fails and says why. */
function writeAll(fd: number, bytes: Uint8Array): void {
  for (let sent = 0; sent < bytes.length; ) {
    const wrote = fs.writeSync(fd, bytes, sent);
    if (wrote === 0) throw new Error('it takes no more bytes');
    sent += wrote;
  }
}

/** A link fails where the name is taken; a rename would replace the file. */
function putNew(half: string, file: string): void {
  try {
    fs.linkSync(half, file);
  } catch (error) {
    // The file systems of memory cards and others have no links.
    if (codeOf(error) === 'EEXIST' || fs.existsSync(file)) throw Object.assign(new Error('taken'), { code: 'EEXIST' });
    fs.renameSync(half, file);
  }
}

function copyOwner(fd: number, { uid, gid, mode }: Stats): void {
  attempt(() => fs.fchownSync(fd, uid, gid));
  attempt(() => fs.fchmodSync(fd, mode & 0o7777));
}

export const prefix = `.nfold-half-${system()}-`;

/** All names are of one length, since a file's own name may be as long as the file system allows. */
const halfOf = (path: string) => `${dirname(path)}/${prefix}${process.pid}-${randomBytes(4).toString('hex')}`;

/** Removes the half-written files of dead processes; those of other machines after an hour, since a live writer is faster. */
function clearHalves(folder: string): void {
  // A folder that may be written to but not read keeps them.
  attempt(() => {
    for (const name of fs.readdirSync(folder)) {
      const [, pid] = /^\.nfold-half-[0-9a-f]{8}-(\d+)-[0-9a-f]{8}$/.exec(name) ?? [];
      if (pid === undefined) continue;
      const half = `${folder}/${name}`;
      const { mtimeMs = Date.now() } = fs.statSync(half, { throwIfNoEntry: false }) ?? {};
      // The clock may have been set meanwhile: a process of this system is asked for instead.
      const isLeft = name.startsWith(prefix) ? !lives(Number(pid)) : Math.abs(Date.now() - mtimeMs) > 3_600_000;
      if (isLeft) remove(half);
    }
  });
}

/** Removes a file that is no longer needed; if it stays, it does no harm. */
export function remove(file: string): void {
  attempt(() => fs.rmSync(file, { force: true }));
}
