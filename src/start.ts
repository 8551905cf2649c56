/** The process around one command: its words, its streams, its signals and its exit code. */
import { main } from './cli.ts';
import { exit } from './contract/errors.ts';
import { heedSignals } from './process/signals.ts';
import { Io } from './report/output.ts';

const io = new Io(process);

// A reader that has seen enough, such as `head`, is no failure, and what is said by the way costs no run where stderr takes nothing.
// What stdout does not take is lost, and told: by then, a command has kept what it had to keep.
process.stderr.on('error', () => {});
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return;
  io.note(`nfold: The output could not be written: ${error.message}.`);
  process.exit(exit.failed);
});
heedSignals(io);

// What was printed into a pipe may leave later: the process ends by itself, never by `process.exit`.
const { code } = await main(process.argv.slice(2), io);
process.exitCode = code;
