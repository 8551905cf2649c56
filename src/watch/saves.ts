/**
 * Notices saves by looking at the files, five times a second: that sees an editor that renames, one that writes in place, a file that is
 * gone for a while, and a network disk that reports no events.
 */
import { dirname, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { look, namesIn } from '../files/given.ts';

const everyMs = 100;

/** The state of some files: equal texts mean that nothing was saved between. */
export type Seen = string;

export function seen(files: readonly string[]): Seen {
  const states = files.map((file) => {
    const there = look(file);
    return typeof there === 'string' ? there : [there.ino, there.size, there.mtimeMs, there.ctimeMs].join(' ');
  });
  return JSON.stringify([files, states]);
}

/** A candidate's file, what it was last built from, and the pieces that it might import next. */
export function filesOf(file: string, sources: readonly string[]): readonly string[] {
  const root = resolve(dirname(file), '../..');
  const common = resolve(dirname(file), '../common');
  const pieces = [namesIn(common)].flat().map((name) => resolve(common, name));
  return [...new Set([file, ...sources.map((path) => resolve(root, path)), ...pieces])].sort();
}

/** Resolves once the files differ from `before` and have not changed for a moment, so that none is saved half-way. Rejects if it is aborted. */
export async function changed(files: () => readonly string[], before: Seen | null, signal: AbortSignal): Promise<Seen> {
  for (let last: Seen | null = null; ; ) {
    const now = seen(files());
    if (now !== before && now === last) return now;
    last = now;
    await pause(everyMs / 2, undefined, { signal });
    if (now === before) await pause(everyMs / 2, undefined, { signal });
  }
}
