/** Takes what a search does and finds, and keeps it where building looks for it (build/tuned.ts). */
import { basename, dirname, join } from 'node:path';
import type { Event } from '../build/tuned.ts';
import { elsewhere } from '../files/elsewhere.ts';
import { appendLine, Unwritten } from '../files/write.ts';

/** Throws Unwritten. */
export function append(file: string, event: Event): void {
  appendLine(file, JSON.stringify(event));
}

/** Takes every event: as long as the file cannot be written, in one elsewhere. */
export class Evidence {
  readonly #file: string;
  readonly #others = new Set<string>();
  #trouble: Unwritten | null = null;

  constructor(file: string) {
    this.#file = file;
  }

  add(event: Event): void {
    try {
      append(this.#file, event);
    } catch (error) {
      if (!(error instanceof Unwritten)) throw error;
      this.#trouble = error;
      const other = elsewhere('tuned', (folder) => {
        const file = join(folder, basename(dirname(this.#file)), basename(this.#file));
        append(file, event);
        return file;
      });
      if (other) this.#others.add(other);
    }
  }

  /** What could not be kept in the file, in one sentence; null where nothing was. */
  get trouble(): string | null {
    if (!this.#trouble) return null;
    const others = [...this.#others].join(' and ');
    const where = others
      ? `what was found is in ${others} instead, where later runs do not look`
      : 'no other folder takes what was found either';
    return `${this.#trouble.clause}; ${where}.`;
  }
}
