/** Where the checkpoints of one run lie: as asked for, or, as long as that place takes none, in one file elsewhere. */
import { dirname, join } from 'node:path';
import { elsewhere } from '../files/elsewhere.ts';
import { shown, workspace } from '../files/places.ts';
import { makeFolder, remove, Unwritten } from '../files/write.ts';

export interface Kept {
  readonly file: string;
  readonly step: number;
}

export class Checkpoints {
  readonly #asked: string | undefined;
  readonly #say: (line: string) => void;
  readonly #startedAt = new Date().toISOString().slice(0, 19).replace(/\D/g, '');
  #instead: string | null = null;
  /** The newest that could be written. */
  last: Kept | null = null;
  /** The newest state does not lie where it belongs. */
  displaced = false;

  constructor(asked: string | undefined, say: (line: string) => void) {
    this.#asked = asked;
    this.#say = say;
  }

  /** Whatever the disk does, training goes on: what went wrong is told once, and the place is tried again the next time. */
  save(step: number, write: (file: string) => void): void {
    const file =
      this.#asked ??
      shown(join(workspace().state, 'checkpoints', `${this.#startedAt}-step${step}-${process.pid}.ckpt`));
    try {
      if (this.#asked === undefined) makeFolder(file);
      write(file);
      this.last = { file, step };
      if (this.displaced) this.#say(`${file} could be written again, at step ${step}.`);
      if (this.#instead) remove(this.#instead);
      this.displaced = false;
      this.#instead = null;
    } catch (error) {
      if (!(error instanceof Unwritten)) throw error;
      this.#saveElsewhere(error, step, write);
    }
  }

  #saveElsewhere({ clause }: Unwritten, step: number, write: (file: string) => void): void {
    const told = this.displaced ? this.#instead : undefined;
    const name = `${this.#startedAt}-${process.pid}.ckpt`;
    const into = (folder: string) => {
      write(join(folder, name));
      return join(folder, name);
    };
    this.#instead = this.#again(into) ?? elsewhere('checkpoints', into);
    this.displaced = true;
    if (this.#instead) this.last = { file: this.#instead, step };
    if (told === this.#instead) return;
    const where = this.#instead ? `the checkpoint is in ${this.#instead} instead` : 'no other folder takes it either';
    this.#say(`nfold: ${clause}; ${where}.`);
  }

  /** In the folder of the last time, if that takes it still. */
  #again(into: (folder: string) => string): string | null {
    try {
      return this.#instead && into(dirname(this.#instead));
    } catch (error) {
      if (!(error instanceof Unwritten)) throw error;
      return null;
    }
  }
}
