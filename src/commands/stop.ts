/** Ctrl-C, and what else asks a process to end: at once, unless a command has something to keep or to say. */
import { exit } from '../contract/errors.ts';

let first: (() => void) | null = null;

/** From here on the first of them calls `act`, and the next one ends the process. */
export function onStop(act: () => void): void {
  first = act;
}

/** Whatever cells and builds there are end with the process, by its `exit` event, which a signal alone does not raise. */
export function heedSignals(): void {
  const heed = () => {
    if (!first) process.exit(exit.interrupted);
    const act = first;
    first = null;
    act();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, heed);
}
