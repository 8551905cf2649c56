/**
 * The temporary folder of this process: the program of its cells, and an empty folder that they start in. It goes with the process. One
 * that was killed leaves its folder behind: whose that is stands in the name, and the next process clears it away.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lives, namespace } from '../files/owner.ts';

/** Containers may share a temporary folder, and then a process of another one only seems dead: its number counts in its own namespace. */
const prefix = `nfold-${namespace()}-`;

let made: string | null = null;

/** Absolute; made once a process, with an empty folder `empty` in it. */
export function ownFolder(): string {
  if (made) return made;
  clearAway();
  const folder = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'empty'));
  made = folder;
  return folder;
}

/** Folders whose process is no more. */
function clearAway(): void {
  for (const name of readdirSync(tmpdir())) {
    const [, pid] = name.startsWith(prefix) ? (/^(\d+)-\w+$/.exec(name.slice(prefix.length)) ?? []) : [];
    if (!pid || lives(Number(pid))) continue;
    // It may be somebody else's, who has to clear it away himself.
    try {
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
    } catch {}
  }
}
