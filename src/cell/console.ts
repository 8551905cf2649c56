/**
 * What candidates print, which only `verify --debug` lets them. Who listens is part of the context in which a cell is asked: whatever is
 * asked elsewhere, timed calls among it, has no console.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { plain } from '../contract/foreign.ts';

/** Lines of one candidate that are passed on. */
const maxLines = 1000;

interface Listener {
  hear(line: string): void;
  /** Empty: what is printed is for nobody, as while we look for the place of an error. */
  readonly speaker: string;
  /** Lines so far, by speaker. */
  readonly counts: Map<string, number>;
}

const current = new AsyncLocalStorage<Listener>();

/** Whether candidates have a console. */
export const hasConsole = (): boolean => current.getStore() !== undefined;

/** Runs `work`, and what it awaits, with a console in each candidate. `hear` gets its lines. */
export const withConsole = <T>(hear: (line: string) => void, work: () => T): T =>
  current.run({ hear, speaker: '', counts: new Map() }, work);

/** Runs `work` for a candidate: its id stands in front of what it prints. */
export function speaking<T>(speaker: string, work: () => T): T {
  const listener = current.getStore();
  return listener ? current.run({ ...listener, speaker }, work) : work();
}

/** Passes on what a cell says that its candidate has printed. */
export function pass(said: unknown): void {
  const { hear, speaker, counts } = current.getStore() ?? {};
  if (!hear || !speaker || !counts || typeof said !== 'string') return;
  for (const line of said.trimEnd().split('\n')) {
    const count = (counts.get(speaker) ?? 0) + 1;
    counts.set(speaker, count);
    if (count <= maxLines) hear(`${speaker}: ${plain(line).slice(0, 1000)}`);
    if (count === maxLines) hear(`${speaker}: … it prints more than ${maxLines} lines: the rest is left out`);
  }
}
