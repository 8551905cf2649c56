/** Keeps the events of a search in the file where `build` looks for them (build/tuned.ts). */
import { basename, dirname, join } from 'node:path';
import type { Event } from '../build/tuned.ts';
import { elsewhere } from '../files/elsewhere.ts';
import { appendLine, Unwritten } from '../files/write.ts';

/** Throws Unwritten. */
export function append(file: string, event: Event): void {
  appendLine(file, JSON.stringify(event));
}

/** The events of one command. An event that the file does not take goes to another folder. */
export class Evidence {
  readonly #file: string;
  readonly #others = new Set<string>();
  #clause: string | null = null;

  constructor(file: string) {
    this.#file = file;
  }

  readonly add = (event: Event): void => {
    try {
      append(this.#file, event);
    } catch (error) {
      if (!(error instanceof Unwritten)) throw error;
      this.#clause = error.clause;
      elsewhere('tuned', (folder) => {
        const file = join(folder, basename(dirname(this.#file)), basename(this.#file));
        append(file, event);
        this.#others.add(file);
      });
    }
  };

  /** A sentence about events that are not in the file; null if all are. */
  get trouble(): string | null {
    if (this.#clause === null) return null;
    const others = [...this.#others].join(' and ');
    const where = others
      ? `what was found is in ${others} instead, where later runs do not look`
      : 'no other folder takes what was found either';
    return `${this.#clause}; ${where}.`;
  }
}
