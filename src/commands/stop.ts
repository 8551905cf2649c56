/** Ctrl-C, and what else asks a process to end: at once, unless a command has something to keep or to say. */
import { exit } from '../contract/errors.ts';
import type { Progress } from '../report/output.ts';

let first: (() => void) | null = null;

/** From here on the first of them calls `act`, and the next one ends the process. */
export function onStop(act: () => void): void {
  first = act;
}

/** Aborted by the first of them, which is told in a sentence; what has been done by then is for the command to keep. */
export function abortOnStop(shown: Progress, sentence: string): AbortSignal {
  const controller = new AbortController();
  onStop(() => {
    shown.end();
    process.stderr.write(`nfold: ${sentence}\n`);
    controller.abort();
  });
  return controller.signal;
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
