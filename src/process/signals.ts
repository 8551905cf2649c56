/** Ends the process on Ctrl-C and other requests: at once, unless its command has something to keep. */
import { exit } from '../contract/errors.ts';
import type { Io } from '../report/output.ts';
import { outlivesTerminal, watchStarters } from './starters.ts';

/** A terminal, npm and the wrapper each forward one Ctrl-C: signals within this time are the same one. */
const sameMs = 500;

/**
 * A second signal ends the process at once. The end of a process that started this one counts as a signal, but not as a second one. Cells
 * and builds end on this process's `exit` event, which a signal alone does not raise.
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
  // The channel to the wrapper, nfold.js, should not keep this process alive.
  process.on('disconnect', stop);
  process.channel?.unref();
}
