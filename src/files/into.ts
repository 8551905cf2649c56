/**
 * Writing to what the user names, whatever it is: files are replaced, devices, pipes and what is open already are written into. Never
 * in a call that waits: while a pipe has no reader or is full, Ctrl-C must still be heard.
 */

import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { shown } from './places.ts';
import { type Target, targetOf } from './target.ts';
import { codeOf, naming, Unwritten, writeWhole } from './write.ts';

const pauseMs = 20;
const withoutWaiting = constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

/** Throws Unwritten. A reader that has seen enough is no failure. `tell` gets a sentence where it has to wait for one. */
export async function writeTo(file: string, content: string, tell: (line: string) => void = () => {}): Promise<void> {
  const target = naming(file, () => targetOf(file));
  if (target.kind === 'file') return writeWhole(file, content);
  const waiting = () => tell(`nfold: waiting for a reader of ${shown(file)}; Ctrl-C ends this`);
  try {
    await writeInto(target, Buffer.from(content), waiting);
  } catch (error) {
    if (codeOf(error) !== 'EPIPE') throw new Unwritten(file, error);
  }
}

async function writeInto(target: Exclude<Target, { kind: 'file' }>, bytes: Uint8Array, waiting: () => void) {
  const fd = target.kind === 'open' ? reopened(target.fd) : await openedFor(target.path, waiting);
  try {
    for (let sent = 0; sent < bytes.length; ) {
      try {
        sent += writeSync(fd, bytes, sent);
      } catch (error) {
        if (codeOf(error) !== 'EAGAIN') throw error;
        await pause(pauseMs);
      }
    }
  } finally {
    if (target.kind !== 'open' || fd !== target.fd) closeSync(fd);
  }
}

/** A pipe opened once more, so that it can be written to without waiting and stays as it is for those who share it. */
function reopened(fd: number): number {
  if (!fstatSync(fd).isFIFO()) return fd;
  try {
    return openSync(`/dev/fd/${fd}`, withoutWaiting);
  } catch (error) {
    if (codeOf(error) === 'ENXIO') throw Object.assign(new Error('it has no reader'), { code: 'EPIPE' });
    return fd;
  }
}

/** A pipe by name opens as soon as it has a reader. */
async function openedFor(path: string, waiting: () => void): Promise<number> {
  for (let waited = false; ; waited = true) {
    try {
      return openSync(path, withoutWaiting);
    } catch (error) {
      if (codeOf(error) !== 'ENXIO') throw error;
      if (!waited) waiting();
      await pause(pauseMs);
    }
  }
}
