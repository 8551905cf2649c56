/**
 * The temporary folder of this process: the program of its cells, and an empty folder that they start in. It goes with the process. One
 * that was killed leaves its folder behind: whose that is stands in the name, and the next process clears it away.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { messageOf, NfoldError } from '../contract/errors.ts';
import { stateFolder } from '../files/places.ts';

/** Containers may share a temporary folder, and then a process of another one only seems dead: its number counts in its own namespace. */
const prefix = `nfold-${namespace()}-`;

let made: string | null = null;

/** Absolute; made once a process, with an empty folder `empty` in it. */
export function ownFolder(): string {
  if (made) return made;
  const folder = firstWorking(new Set([resolve(tmpdir()), '/tmp', stateFolder]));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  made = folder;
  return folder;
}

/** In the first of these places that takes one: TMPDIR may say what is not there, or what is full. */
function firstWorking(places: ReadonlySet<string>): string {
  const troubles: string[] = [];
  for (const place of places) {
    try {
      if (place === stateFolder && !existsSync(place)) mkdirSync(place);
      clearAway(place);
      const folder = mkdtempSync(join(place, `${prefix}${process.pid}-`));
      mkdirSync(join(folder, 'empty'));
      return folder;
    } catch (error) {
      troubles.push(messageOf(error));
    }
  }
  const advice = 'set TMPDIR to a folder that can be written to';
  throw new NfoldError(`There is no place for temporary files: ${advice} (${troubles.join('; ')}).`);
}

/** Folders whose process is no more. */
function clearAway(place: string): void {
  for (const name of readdirSync(place)) {
    const [, pid] = name.startsWith(prefix) ? (/^(\d+)-\w+$/.exec(name.slice(prefix.length)) ?? []) : [];
    if (!pid || lives(Number(pid))) continue;
    // It may be somebody else's, who has to clear it away himself.
    try {
      rmSync(join(place, name), { recursive: true, force: true });
    } catch {}
  }
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** The number of the namespace that process ids count in; 0 where the system has no such thing. */
function namespace(): string {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0';
  } catch {
    return '0';
  }
}
