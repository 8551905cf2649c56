/** Ctrl-C, and what else asks a process to end: at once, unless its command has something to keep. */
import { exit } from '../contract/errors.ts';
import type { Io } from '../report/output.ts';
import { outlivesTerminal, watchStarters } from './starters.ts';

/** A terminal, npm and the wrapper each send Ctrl-C: within this time it is the same one. */
const sameMs = 500;

/**
 * The end of the processes that started this one is heeded like a signal, but never as a second one. Cells and builds end with the
 * process, by its `exit` event, which a signal alone does not raise.
 */
export function heedSignals(io: Io): void {
  let stoppedAt: number | null = null;
  const stop = () => {
    if (stoppedAt !== null) return;
    if (!io.stop()) process.exit(exit.interrupted);
    stoppedAt = performance.now();
  };
  const stopOrEnd = () => {
    if (stoppedAt !== null && performance.now() - stoppedAt > sameMs) process.exit(exit.interrupted);
    stop();
  };
  const outlives = outlivesTerminal();
  process
    .on('SIGINT', stopOrEnd)
    .on('SIGTERM', stopOrEnd)
    .on('SIGHUP', outlives ? () => {} : stopOrEnd);
  if (!outlives) watchStarters(stop);
  // From the wrapper, in nfold.js; it should not keep this process alive.
  process.on('disconnect', stop);
  process.channel?.unref();
}
