/**
 * Tells what nfold has kept itself from what came with a folder: a keyed hash over the name and the content of all that it keeps in a
 * work folder and believes later. The key is this user's on this machine. It lies in the user's state folder, outside of the work
 * folder, and is made on first use. Where it cannot lie, nothing counts as kept, and all is made anew.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import fs, { constants } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { basename, dirname, isAbsolute, join, sep } from 'node:path';
import { attempt } from '../contract/attempt.ts';
import { workspace } from './places.ts';
import { writeNew } from './write.ts';

const keyBytes = 32;
export const sealBytes = 32;

const keys = new Map<string, Buffer | null>();

/** The keyed hash of a name and its content; null where there is no key. */
export function sealOf(name: string, content: string | Uint8Array): Buffer | null {
  const file = keyFile();
  if (file === null) return null;
  const key = keys.get(file) ?? attempt(() => readKey(file), null) ?? attempt(() => makeKey(file), null);
  keys.set(file, key);
  return key && createHmac('sha256', key).update(`${name.length}:${name}`).update(content).digest();
}

export function isSeal(seal: Uint8Array, name: string, content: string | Uint8Array): boolean {
  const own = sealOf(name, content);
  return own !== null && seal.length === own.length && timingSafeEqual(seal, own);
}

/** Why later runs will not believe what is kept now; null if they will. */
export const sealTrouble = (): string | null =>
  sealOf('', '')
    ? null
    : "Nothing is kept for later runs: there is no folder outside of this one for nfold's key, which lies in $XDG_STATE_HOME or ~/.local/state.";

/** A value as one line of JSON with its seal in it; without one where there is no key. */
export function sealedJson(name: string, value: object): string {
  return JSON.stringify({ ...value, seal: sealOf(name, JSON.stringify(value))?.toString('base64') });
}

/** The value of such a line. Throws if this user's nfold has not written it under this name on this machine. */
export function unsealed(name: string, line: string): object {
  const { seal, ...value } = JSON.parse(line);
  if (isSeal(Buffer.from(String(seal), 'base64'), name, JSON.stringify(value))) return value;
  throw new Error('not sealed');
}

/** Null where there is no state folder, or where it could come with the work folder. */
function keyFile(): string | null {
  const { XDG_STATE_HOME: given = '' } = process.env;
  const state = isAbsolute(given) ? given : join(attempt(homedir) ?? '', '.local/state');
  const file = join(state, 'nfold/key');
  if (!isAbsolute(file)) return null;
  const { root } = workspace();
  const isOwnHome = root === attempt(() => userInfo().homedir);
  return !isOwnHome && real(file).startsWith(join(real(root), sep)) ? null : file;
}

/** A path without links, as far as it exists. */
function real(path: string): string {
  return attempt(() => fs.realpathSync(path)) ?? join(real(dirname(path)), basename(path));
}

/** Throws for a key that another user may have written or may know, for a link, a pipe, and what is no key. */
function readKey(file: string): Buffer {
  const opened = fs.openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const found = fs.fstatSync(opened);
    const isOwn = found.uid === (process.getuid?.() ?? found.uid) && (found.mode & 0o077) === 0;
    if (!found.isFile() || !isOwn || found.size !== keyBytes) throw new Error('no key of ours');
    return fs.readFileSync(opened);
  } finally {
    fs.closeSync(opened);
  }
}

/** Of two processes that make it at once, one gives it its name, and both read that. */
function makeKey(file: string): Buffer {
  writeNew(file, randomBytes(keyBytes), 0o600);
  return readKey(file);
}
