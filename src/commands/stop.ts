/** Ctrl-C, and what else asks a process to end: at once, unless a command has something to keep or to say. */
import { exit } from '../contract/errors.ts';
import type { Progress } from '../report/output.ts';
import { outlivesTerminal, watchStarters } from './starters.ts';

/** A terminal, npm and the wrapper each send Ctrl-C: within this time it is the same one. */
const sameMs = 500;

let first: (() => void) | null = null;
let stoppedAt: number | null = null;

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

function stop(): void {
  if (stoppedAt !== null) return;
  if (!first) process.exit(exit.interrupted);
  stoppedAt = performance.now();
  first();
}

function stopOrEnd(): void {
  if (stoppedAt !== null && performance.now() - stoppedAt > sameMs) process.exit(exit.interrupted);
  stop();
}

/**
 * The end of those that started us is heeded like a signal, but never as a second one. Whatever cells and builds there are end with the
 * process, by its `exit` event, which a signal alone does not raise.
 */
export function heedSignals(): void {
  const hangUp = outlivesTerminal() ? () => {} : stopOrEnd;
  process.on('SIGINT', stopOrEnd).on('SIGTERM', stopOrEnd).on('SIGHUP', hangUp);
  if (!outlivesTerminal()) watchStarters(stop);
  // From the wrapper, in nfold.js; it should not keep this process alive.
  process.on('disconnect', stop);
  process.channel?.unref();
  // Whoever read it may be gone by now: that must not end what still has something to keep.
  process.stderr.on('error', () => {});
}
