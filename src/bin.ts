/** The process around one command: its words, its signals, its streams and its exit code. */
import { main } from './cli.ts';
import { exit } from './contract/errors.ts';
import { Io } from './report/output.ts';
import { outlivesTerminal, watchStarters } from './starters.ts';

/** A terminal, npm and the wrapper each send Ctrl-C: within this time it is the same one. */
const sameMs = 500;

const io = new Io(process);
let stoppedAt: number | null = null;

function stop(): void {
  if (stoppedAt !== null) return;
  if (!io.stop()) process.exit(exit.interrupted);
  stoppedAt = performance.now();
}

function stopOrEnd(): void {
  if (stoppedAt !== null && performance.now() - stoppedAt > sameMs) process.exit(exit.interrupted);
  stop();
}

/**
 * The end of the processes that started this one is heeded like a signal, but never as a second one. Cells and builds end with the
 * process, by its `exit` event, which a signal alone does not raise.
 */
function heedSignals(): void {
  const hangUp = outlivesTerminal() ? () => {} : stopOrEnd;
  process.on('SIGINT', stopOrEnd).on('SIGTERM', stopOrEnd).on('SIGHUP', hangUp);
  if (!outlivesTerminal()) watchStarters(stop);
  // From the wrapper, in nfold.js; it should not keep this process alive.
  process.on('disconnect', stop);
  process.channel?.unref();
}

/**
 * A reader that has seen enough, such as `head`, is no failure, and what is said by the way costs no run where stderr takes nothing.
 * What stdout does not take is lost, and told: by then, a command has kept what it had to keep.
 */
function heedStreams(): void {
  process.stderr.on('error', () => {});
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    io.note(`nfold: The output could not be written: ${error.message}.`);
    process.exit(exit.failed);
  });
}

heedStreams();
heedSignals();
// What was printed into a pipe may leave later: the process ends by itself, never by `process.exit`.
const { code } = await main(process.argv.slice(2), io);
process.exitCode = code;
