/**
 * Runs code of a candidate for what building needs of it: its description, its parameters, its module. In a cell, like timed code, and in
 * one for each candidate, so that none can meddle with the building of another; only bytes and plain values come back.
 */
import { Cell, CellError } from '../cell/cell.ts';
import { asScript, BuildError } from './sources.ts';

const limitMs = 10_000;
let current: { code: string; cell: Cell } | null = null;
let queue: Promise<unknown> = Promise.resolve();

/** What `method` of the default export returns, or the export itself, with `true` for each function in it. */
export function evaluate(code: string, method?: string, args?: readonly unknown[]): Promise<unknown> {
  const value = queue.then(() => ask(code, method, args));
  queue = value.catch(() => {});
  return value;
}

export function stopEvaluator(): void {
  current?.cell.close();
  current = null;
}

async function ask(code: string, method?: string, args?: readonly unknown[]): Promise<unknown> {
  const script = await asScript(code);
  if (current?.code !== code) {
    stopEvaluator();
    current = { code, cell: new Cell({ flags: [] }) };
  }
  try {
    return await current.cell.evaluate({ code: script, method, args }, limitMs);
  } catch (error) {
    if (!(error instanceof CellError)) throw error;
    stopEvaluator();
    throw new BuildError(`does not build: ${error.message.replace(/^Error: /, '').split('\n')[0]}`);
  }
}
