/** A second place for results, if the folder where they belong cannot be written to. */
import { lstatSync, mkdirSync, mkdtempSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { attempt } from '../contract/attempt.ts';
import { NfoldError } from '../contract/errors.ts';

/** Folders for temporary files, to be tried in turn. */
export const temporary: readonly (() => string)[] = [tmpdir, () => '/dev/shm', homedir];

/** What `write` returns for the first temporary folder that it can write to; null if there is none. */
export function elsewhere<T>(
  kind: 'records' | 'profiles' | 'scores' | 'trainings' | 'checkpoints' | 'tuned' | 'plots',
  write: (folder: string) => T,
): T | null {
  for (const place of temporary) {
    try {
      const folder = join(ownFolderIn(place()), kind);
      mkdirSync(folder, { recursive: true });
      return write(folder);
    } catch (error) {
      // Errors of a place let the next one be tried; others are bugs.
      if (!(error instanceof NfoldError || (error as NodeJS.ErrnoException).syscall)) throw error;
    }
  }
  return null;
}

/** A folder of this user alone: in a shared temporary folder, another user may have made one of the expected name. */
function ownFolderIn(place: string): string {
  const folder = join(place, 'nfold-kept');
  attempt(() => mkdirSync(folder, { mode: 0o700 }));
  const there = lstatSync(folder);
  const ours = there.isDirectory() && (there.mode & 0o022) === 0 && there.uid === (process.getuid?.() ?? there.uid);
  return ours ? folder : mkdtempSync(`${folder}-`);
}
