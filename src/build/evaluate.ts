/**
 * Runs code of a candidate for what building needs of it: its description, its parameters, its module. In a cell, like timed code, and in
 * one for each candidate, so that none can meddle with the building of another; only bytes and plain values come back. There are several:
 * generators are asked in turn, shape by shape, and a process takes longer to start than to answer; and one that does not end holds up
 * few of the others.
 */

import { Cell } from '../cell/cell.ts';
import { CandidateError } from '../contract/errors.ts';
import { asScript } from './sources.ts';

const limitMs = 10_000;

class Evaluator {
  /** That of the last one in the queue. */
  code: string | null = null;
  waiting = 0;
  lastAsked = 0;
  #current: { readonly code: string; readonly script: string; readonly cell: Cell } | null = null;
  #queue: Promise<unknown> = Promise.resolve();

  evaluate(code: string, method?: string, args?: readonly unknown[]): Promise<unknown> {
    this.code = code;
    this.waiting++;
    this.lastAsked = performance.now();
    const value = this.#queue.then(() => this.#ask(code, method, args)).finally(() => this.waiting--);
    this.#queue = value.catch(() => {});
    return value;
  }

  stop(): void {
    this.#current?.cell.close();
    this.#current = null;
  }

  async #ask(code: string, method?: string, args?: readonly unknown[]): Promise<unknown> {
    const { script, cell } = this.#current?.code === code ? this.#current : await this.#start(code);
    try {
      return await cell.evaluate({ code: script, method, args }, limitMs);
    } catch (error) {
      if (!(error instanceof CandidateError)) throw error;
      this.stop();
      throw new CandidateError(`does not build: ${error.message.split('\n')[0]}`);
    }
  }

  async #start(code: string) {
    this.stop();
    const script = await asScript(code);
    this.#current = { code, script, cell: new Cell({ flags: [] }) };
    return this.#current;
  }
}

const evaluators = Array.from({ length: 8 }, () => new Evaluator());

/** What `method` of the default export returns, or the export itself, with `true` for each function in it. */
export function evaluate(code: string, method?: string, args?: readonly unknown[]): Promise<unknown> {
  const [idler] = evaluators.toSorted((a, b) => a.waiting - b.waiting || a.lastAsked - b.lastAsked);
  return (evaluators.find((one) => one.code === code) ?? idler).evaluate(code, method, args);
}

/** Ends their processes; the next one asked starts anew. */
export function stopEvaluators(): void {
  for (const one of evaluators) one.stop();
}
