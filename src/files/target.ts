/** What an output's name leads to, links followed: a file is replaced as a whole, a stream is written into. */
import { lstatSync, readlinkSync, realpathSync, type Stats } from 'node:fs';
import { basename, dirname, isAbsolute } from 'node:path';
import { attempt } from '../contract/attempt.ts';
import { placeOf } from './places.ts';

export type Target =
  /** `there`: the file that the path has now. */
  | { readonly kind: 'file'; readonly path: string; readonly there: Stats | null }
  | { readonly kind: 'stream'; readonly path: string }
  /** A descriptor of this process: /dev/stderr, /dev/fd/7, bash's `>(command)`. */
  | { readonly kind: 'open'; readonly fd: number };

/** The number of links that Linux follows. */
const maxLinks = 40;

/** Throws an error that says why, if it can neither be replaced nor written into. */
export function targetOf(file: string): Target {
  let path = placeOf(file);
  for (let links = 0; links < maxLinks; links++) {
    const fd = descriptor(path);
    if (fd !== null) return { kind: 'open', fd };
    const there = lstatSync(path, { throwIfNoEntry: false }) ?? null;
    if (!there?.isSymbolicLink()) return kindOf(path, there);
    const next = readlinkSync(path);
    // Not `join`, which would cut out `folder/..`, although the folder may be a link.
    path = isAbsolute(next) ? next : `${dirname(path)}/${next}`;
  }
  throw Object.assign(new Error('too many links'), { code: 'ELOOP' });
}

export function isStdout(file: string): boolean {
  const target = targetOf(file);
  return target.kind === 'open' && target.fd === 1;
}

function kindOf(path: string, there: Stats | null): Target {
  if (!there || there.isFile()) return { kind: 'file', path, there };
  if (there.isFIFO() || there.isCharacterDevice()) return { kind: 'stream', path };
  const what = there.isDirectory() ? 'folder' : there.isSocket() ? 'socket' : 'disk';
  throw new Error(`it is a ${what}, not a file`);
}

/** The N of /dev/fd/N, /proc/self/fd/N or another path to these folders. */
function descriptor(path: string): number | null {
  const name = basename(path);
  if (!/^\d+$/.test(name)) return null;
  const folder = real(dirname(path));
  return folder !== null && (folder === real('/dev/fd') || folder === real('/proc/self/fd')) ? Number(name) : null;
}

const real = (folder: string) => attempt(() => realpathSync.native(folder), null);
