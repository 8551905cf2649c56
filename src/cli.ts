/** argv to one command. Each command's code is loaded when it is called, so that `--help` answers at once. */
import { availableParallelism } from 'node:os';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { exit, messageOf, NfoldError } from './contract/errors.ts';
import { runtime } from './machine/fingerprint.ts';

function whole(least: number, most: number) {
  return (text: string): number => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It takes a whole number from ${least} to ${most}.`);
  };
}

const program = new Command('nfold')
  .description(
    'Write a faster kernel in TypeScript or WebAssembly, prove that it is equivalent, measure the mean speedup.',
  )
  .version(runtime().nfold)
  .option('--debug', 'show the stack trace of an error')
  .showSuggestionAfterError()
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'nfold: ')) });

const json = () => new Option('--json', 'data alone on stdout');

/** What verify and bench have in common. */
function runs(command: Command): Command {
  return command
    .argument('[selector...]', 'an op, a candidate, a glob or a file: sgemm, sgemm/*simd*, ./sgemm/mine.ts')
    .option('--case <glob>', 'only the cases whose name matches, such as M64* or NT')
    .addOption(new Option('--quick', 'fewer draws and rounds').conflicts('thorough'))
    .option('--thorough', 'more draws and rounds, and the large cases')
    .option('--threads <n>', 'threads for candidates that can use them', whole(1, 256), availableParallelism())
    .option('--seed <n>', 'draw the same inputs again', whole(0, 2 ** 31 - 1))
    .option('--text <file>', 'train on this text (default: Moby Dick)')
    .addOption(json());
}

runs(
  program.command('bench').description('verify, time against the baseline, print the mean speedup, save a record'),
).action(async (selectors, options) => (await import('./commands/bench.ts')).bench(selectors, options));
runs(program.command('verify').description('prove that candidates compute what the op says')).action(
  async (selectors, options) => (await import('./commands/verify.ts')).verifyCommand(selectors, options),
);
runs(
  program
    .command('profile')
    .description('the share of each op in a training step: profile train_gpt2, or one op of it'),
).action(async (selectors, options) => (await import('./commands/profile.ts')).profileCommand(selectors, options));
program
  .command('list')
  .description('ops, their cases, and candidates with their ideas')
  .argument('[selector...]', 'an op, a candidate or a glob')
  .addOption(json())
  .action(async (selectors, options) => (await import('./commands/list.ts')).list(selectors, options));
program
  .command('show')
  .description('a record: last, last~1, an id, or a file')
  .argument('[record]', 'which one', 'last')
  .addOption(json())
  .action(async (reference, options) => (await import('./commands/show.ts')).show(reference, options));
program
  .command('doctor')
  .description('versions, features, threads and peers of this machine; what is missing, in words')
  .addOption(json())
  .action(async (options) => (await import('./commands/doctor.ts')).doctor(options));

// A reader that has seen enough, such as `head`, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) =>
  process.exit(error.code === 'EPIPE' ? exit.fine : exit.failed),
);

try {
  if (process.argv.length === 2) (await import('./commands/welcome.ts')).welcome();
  else await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? exit.fine : exit.usage;
  else {
    const ours = error instanceof NfoldError;
    const text = ours
      ? messageOf(error)
      : `${messageOf(error)} (not foreseen: please report it with what --debug prints)`;
    process.stderr.write(`nfold: ${text}\n`);
    if (program.opts().debug) console.error(error);
    process.exitCode = ours ? error.code : exit.failed;
  }
}
