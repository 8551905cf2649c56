/**
 * The temporary folder of this process: the program of its cells, and an empty folder that they start in. It goes with the process. One
 * that was killed leaves its folder behind: whose that is stands in the name, and the next process clears it away.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { NfoldError } from '../contract/errors.ts';
import { temporary } from '../files/elsewhere.ts';
import { lives, namespace } from '../files/owner.ts';
import { remove, writeWhole } from '../files/write.ts';

/** Containers may share a temporary folder, and then a process of another one only seems dead: its number counts in its own namespace. */
const prefix = `nfold-${namespace()}-`;

let made: string | null = null;

/** Absolute; made once a process, with an empty folder `empty` in it. */
export function ownFolder(): string {
  made ??= make();
  return made;
}

/** More than the program takes: where that much does not fit, the next place may have room. */
const roomBytes = 1 << 17;

function make(): string {
  for (const place of temporary) {
    try {
      const parent = resolve(place());
      clearAway(parent);
      const folder = mkdtempSync(join(parent, `${prefix}${process.pid}-`));
      process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
      mkdirSync(join(folder, 'empty'));
      const room = join(folder, 'room');
      writeWhole(room, Buffer.alloc(roomBytes));
      remove(room);
      return folder;
    } catch {
      // The last of them says so below.
    }
  }
  throw new NfoldError('No folder for temporary files can be written to: let TMPDIR name one with room in it.');
}

/** Folders whose process is no more. */
function clearAway(parent: string): void {
  for (const name of readdirSync(parent)) {
    const [, pid] = name.startsWith(prefix) ? (/^(\d+)-\w+$/.exec(name.slice(prefix.length)) ?? []) : [];
    if (!pid || lives(Number(pid))) continue;
    // It may be somebody else's, who has to clear it away himself.
    try {
      rmSync(join(parent, name), { recursive: true, force: true });
    } catch {}
  }
}
