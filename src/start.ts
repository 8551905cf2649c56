/** The process around one command: its words, its streams, its signals and its exit code. */
import { main } from './cli.ts';
import { exit } from './contract/errors.ts';
import { heedSignals } from './process/signals.ts';
import { Io } from './report/output.ts';

// As in nfold.js, for those who start this file.
if (process.argv.some((word) => word.includes('://'))) process.title = 'nfold';
const io = new Io(process);

// A stderr that takes nothing does not end a run, and a reader that has seen enough, such as `head`, is no failure. Any other loss of output
// is one, but by then a command has saved its results.
process.stderr.on('error', () => {});
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return;
  io.note(`nfold: The output could not be written: ${error.message}.`);
  process.exit(exit.failed);
});
heedSignals(io);

// A pipe may still have to take what was printed, so the process ends by itself and not by `process.exit`.
const { code } = await main(process.argv.slice(2), io);
process.exitCode = code;
