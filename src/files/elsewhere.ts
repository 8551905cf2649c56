/** Where what was measured or trained goes, if the folder where it belongs takes nothing. */
import { lstatSync, mkdirSync, mkdtempSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { NfoldError } from '../contract/errors.ts';

/** Tried in turn: that of the system, memory, and home. */
export const temporary: readonly (() => string)[] = [tmpdir, () => '/dev/shm', homedir];

/** What `write` makes of the first folder that takes it; null where none does. */
export function elsewhere<T>(
  kind: 'records' | 'checkpoints' | 'tuned' | 'plots',
  write: (folder: string) => T,
): T | null {
  for (const place of temporary) {
    try {
      const folder = join(ownIn(place()), kind);
      mkdirSync(folder, { recursive: true });
      return write(folder);
    } catch (error) {
      // The next place may take it, as long as this is about the place.
      if (!(error instanceof NfoldError || (error as NodeJS.ErrnoException).syscall)) throw error;
    }
  }
  return null;
}

/** A folder that is nobody else's: in a temporary folder that many share, one may have been laid out for us. */
function ownIn(place: string): string {
  const folder = join(place, 'nfold-kept');
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const there = lstatSync(folder);
  const ours = there.isDirectory() && (there.mode & 0o022) === 0 && there.uid === (process.getuid?.() ?? there.uid);
  return ours ? folder : mkdtempSync(`${folder}-`);
}
