/**
 * Runs a candidate's code while it is built: for its description, its parameters, its module. Like timed code it runs in a cell, one for
 * each candidate, so that no candidate can disturb the build of another; only bytes and plain values come back. Eight cells run side by
 * side: starting a cell takes longer than its answer, and code that hangs blocks only its own queue.
 */
import { Cell } from '../cell/cell.ts';
import { CandidateError } from '../contract/errors.ts';
import { placed, Thrown } from '../contract/thrown.ts';
import { type Bundle, placeInBundle } from './sources.ts';

const limitMs = 10_000;

class Evaluator {
  /** The code that was asked last, which may still wait. */
  code: string | null = null;
  waiting = 0;
  lastAsked = 0;
  #loaded: { readonly code: string; readonly cell: Cell } | null = null;
  #queue: Promise<unknown> = Promise.resolve();

  evaluate(code: string, method?: string, args?: readonly unknown[]): Promise<unknown> {
    this.code = code;
    this.waiting++;
    this.lastAsked = performance.now();
    const value = this.#queue.then(() => this.#ask(code, method, args)).finally(() => this.waiting--);
    this.#queue = value.catch(() => {});
    return value;
  }

  async #ask(code: string, method?: string, args?: readonly unknown[]): Promise<unknown> {
    // A run that was stopped has ended its cells.
    if (this.#loaded?.code !== code || this.#loaded.cell.hasEnded) this.#stop();
    this.#loaded ??= { code, cell: new Cell({ flags: [], shared: true }) };
    try {
      return await this.#loaded.cell.evaluate({ code, method, args }, limitMs);
    } catch (error) {
      if (!(error instanceof CandidateError)) throw error;
      this.#stop();
      throw new Thrown(`does not build: ${error.message}`, error instanceof Thrown ? error.trace : '', error);
    }
  }

  #stop(): void {
    this.#loaded?.cell.close();
    this.#loaded = null;
  }
}

const evaluators = Array.from({ length: 8 }, () => new Evaluator());

/** What `method` of a script's default export returns, or the export itself, with `true` for each function in it. */
export function evaluate(code: string, method?: string, args?: readonly unknown[]): Promise<unknown> {
  const [idlest] = evaluators.toSorted((a, b) => a.waiting - b.waiting || a.lastAsked - b.lastAsked);
  return (evaluators.find((one) => one.code === code) ?? idlest).evaluate(code, method, args);
}

/** The same for a bundle. Throws CandidateError, with its place in the sources. */
export async function evaluateBundle(bundle: Bundle, method?: string, args?: readonly unknown[]): Promise<unknown> {
  try {
    return await evaluate(bundle.script, method, args);
  } catch (error) {
    throw await placed(error, async (thrown) => ({ place: await placeInBundle(bundle, thrown) }));
  }
}
