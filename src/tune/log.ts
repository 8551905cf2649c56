/** Keeps the events of a search in the file where `build` looks for them (build/tuned.ts). */
import { basename, dirname, join } from 'node:path';
import { type Event, lineOf } from '../build/tuned.ts';
import { elsewhere } from '../files/elsewhere.ts';
import { sealTrouble } from '../files/seal.ts';
import { appendLine, Unwritten } from '../files/write.ts';

/** Throws Unwritten. */
export function append(file: string, event: Event): void {
  appendLine(file, lineOf(file, event));
}

/** Takes the events of one command. An event that the file does not take goes to another folder. */
export function evidenceIn(file: string) {
  const others = new Set<string>();
  let clause: string | null = null;
  const add = (event: Event): void => {
    try {
      append(file, event);
    } catch (error) {
      if (!(error instanceof Unwritten)) throw error;
      clause = error.clause;
      elsewhere('tuned', (folder) => {
        const other = join(folder, basename(dirname(file)), basename(file));
        append(other, event);
        others.add(other);
      });
    }
  };
  /** A sentence about events that later runs will not find; null if they will. */
  const trouble = (): string | null => {
    if (clause === null) return sealTrouble();
    const where =
      others.size > 0
        ? `what was found is in ${[...others].join(' and ')} instead, where later runs do not look`
        : 'no other folder takes what was found either';
    return `${clause}; ${where}.`;
  };
  return { add, trouble };
}
