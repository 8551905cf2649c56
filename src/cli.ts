/** argv to one command. Each command's code is loaded when it is called, so that `--help` answers at once. */
import { Command, CommanderError, Option } from 'commander';
import { all, checkWords, either, positive, refuseRepeats, timedCalls, whole } from './commands/options.ts';
import { heedSignals } from './commands/stop.ts';
import { brief, exit, messageOf, NfoldError } from './contract/errors.ts';
import { maxSeed } from './judge/seed.ts';
import { usableCores } from './machine/cpus.ts';
import { runtime } from './machine/fingerprint.ts';
import { heedOutput } from './report/output.ts';

const program = new Command('nfold')
  .description(
    'Write a faster kernel in TypeScript or WebAssembly, prove that it is equivalent, measure the mean speedup.',
  )
  .version(runtime().nfold)
  .option('--debug', 'show the stack trace of an error')
  .showSuggestionAfterError()
  .addHelpText(
    'after',
    `
'nfold COMMAND --help' lists the options of a command. Quote globs: nfold verify 'sgemm/*simd*'.
Exit codes: 0 fine; 1 a verification or a gate failed; 2 wrong usage; 3 nothing to run; 130 interrupted.`,
  )
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(`nfold: ${brief(text.replace(/^error: /, ''))}\n`) });

const threadsVariable = 'NFOLD_THREADS';
const threads = (what: string) =>
  new Option('--threads <n>', what)
    .env(threadsVariable)
    .argParser(whole(1, 256))
    .default(usableCores(), `${usableCores()}, one for each core`);

const json = () => new Option('--json', 'data alone on stdout');

const caseFilter = () =>
  new Option(
    '--case <glob>',
    'only the cases whose name matches or contains it, such as M64* or NT; repeatable, for either of them',
  ).argParser(either);
const reporter = (formats: string) =>
  new Option('--reporter <format[=file]>', `${formats}; on stdout or to a file; repeatable`).argParser(all);
const recordFormats = 'json, markdown, csv, bmf (Bencher), gha or gha-time (github-action-benchmark)';

/** What all commands that measure candidates take. */
function measures(command: Command): Command {
  return command
    .argument(
      '[selector...]',
      'a suite, an op, a candidate, a glob or a file: lm_ops, sgemm, sgemm/*simd*, ./sgemm/mine.ts',
    )
    .addOption(
      new Option('--quick', 'fewer draws and rounds; bench without a selector does so anyway').conflicts('thorough'),
    )
    .option('--thorough', 'more draws and rounds, and the large cases')
    .addOption(threads('threads for candidates that can use them'))
    .option('--text <file>', 'train on this text (default: Moby Dick)')
    .addOption(json());
}

function runs(command: Command): Command {
  return measures(command)
    .addOption(caseFilter())
    .option('--seed <n>', 'draw the same inputs again', whole(0, maxSeed));
}

program
  .command('list')
  .description('ops, their cases, and candidates with their ideas')
  .argument('[selector...]', 'a suite, an op, a candidate or a glob')
  .addOption(json())
  .action(async (selectors, options) => (await import('./commands/list.ts')).list(selectors, options));

runs(program.command('verify').description('prove that candidates compute what the op says'))
  .option('--timed <round:calls>', 'the timed calls of a round again, as a failure found there says', timedCalls)
  .action(async (selectors, options) => (await import('./commands/verify.ts')).verifyCommand(selectors, options));

runs(program.command('bench').description('verify, time against the baseline, print the mean speedup, save a record'))
  .option('--no-peers', 'time no libraries beside the candidates, which takes less time')
  .option('--save <name>', 'call the record so, for show and compare')
  .option('--note <text>', 'keep this text in the record')
  .addOption(reporter(recordFormats))
  .action(async (selectors, options) => (await import('./commands/bench.ts')).bench(selectors, options));

program
  .command('show')
  .description('a record again, case by case')
  .argument('[record]', 'last, last~1, an id or its start, a name, or a file', 'last')
  .addOption(json())
  .addOption(reporter(recordFormats))
  .action(async (reference, options) => (await import('./commands/show.ts')).show(reference, options));

program
  .command('compare')
  .description('records against the first of them: what changed, and is it real')
  .argument('<record...>', 'two or more: last, last~1, an id, a name, a file, a folder of another machine')
  .option('--fail-below <ratio>', 'exit 1 if a speedup fell below RATIO x its old value, beyond noise', positive)
  .option('--across-machines', 'let --fail-below judge records of two machines, whose speedups differ anyway')
  .option('--force', 'compare although the baselines differ')
  .option('--diff', 'the changes in the sources as well')
  .addOption(json())
  .addOption(reporter('json, markdown, csv'))
  .action(async (references, options) => (await import('./commands/compare.ts')).compareCommand(references, options));

program
  .command('history')
  .description('one candidate over time, as a table and a chart')
  .argument('<candidate>', 'its id, or a glob that only one candidate matches')
  .option('--case <name>', 'of one case instead of the mean')
  .addOption(json())
  .action(async (selector, options) => (await import('./commands/history.ts')).history(selector, options));

measures(
  program
    .command('best')
    .description('the best candidate of each op among all records here, and out of how many attempts')
    .option('--confirm', 'measure it again on a fresh seed, as the options below say'),
).action(async (selectors, options) => (await import('./commands/best.ts')).best(selectors, options));

program
  .command('tune')
  .description('search the parameters of a generator that suit this machine, and keep them for later runs')
  .argument('<candidate>', 'a .wasm.ts candidate that declares them')
  .option('--minutes <m>', 'how long the search may take; it goes on from there the next time', positive, 5)
  .addOption(caseFilter())
  .addOption(threads('tune for this number of threads'))
  .option('--seed <n>', 'draw the same inputs again', whole(0, maxSeed))
  .option('--again', 'search cases anew that are settled')
  .addOption(json())
  .action(async (candidate, options) => (await import('./tune/command.ts')).tune(candidate, options));

program
  .command('peak')
  .description("this machine's ceilings: fused multiply-adds and memory bandwidth, measured and kept")
  .addOption(json())
  .action(async (options) => (await import('./commands/peak.ts')).peak(options));

runs(
  program
    .command('profile')
    .description('the share of each op in a training step, and what one faster op would do to the whole'),
).action(async (selectors, options) => (await import('./profile/command.ts')).profileCommand(selectors, options));

program
  .command('train')
  .description('train the small language model on a text: loss curve, tokens/s, a sample of what it writes')
  .argument('[candidate]', 'one of train_gpt2 (default: the fastest here; train_gpt2/baseline is the baseline)')
  .option('--steps <n>', 'train up to this step (default: 2000, or what --minutes allows)', whole(1, 1e9))
  .option('--minutes <m>', 'stop after so many minutes', positive)
  .option('--case <name>', 'the model (default: B4T64L4C128NH4V256)')
  .option('--text <file>', 'train on this text (default: Moby Dick)')
  .option('--seed <n>', 'the same initial model and batches again', whole(0, 2 ** 31 - 1))
  .addOption(
    new Option('--threads <n>', 'threads, if the candidate can use them').env(threadsVariable).argParser(whole(1, 256)),
  )
  .option('--learning-rate <x>', 'of AdamW (default: 0.001)', positive)
  .option('--eval-every <n>', 'steps between held-out losses (default: about 20 over the run)', whole(1, 1e9))
  .option('--sample <bytes>', 'length of the generated text, 0 for none', whole(0, 1e6), 400)
  .option('--prompt <text>', 'what the generated text goes on from')
  .option('--plot <file>', 'write the loss curve as SVG')
  .option('--save <file>', 'write a checkpoint at every held-out loss and at the end')
  .option('--resume <file>', 'go on from a checkpoint')
  .option('--beside-baseline', 'train the baseline too, from the same seed, and compare')
  .addOption(json())
  .action(async (selector, options) => (await import('./train/command.ts')).trainCommand(selector, options));

program
  .command('selftest')
  .description('kernels that cheat must fail here, each for its reason, and odd but honest ones must pass')
  .option('--seed <n>', 'draw the same inputs again', whole(0, maxSeed))
  .option('--threads <n>', 'threads for kernels that can use them', whole(1, 256), 2)
  .addOption(json())
  .action(async (options) => (await import('./selftest/command.ts')).selftest(options));

program
  .command('doctor')
  .description('versions, features, threads and peers of this machine; what is missing, in words')
  .addOption(json())
  .action(async (options) => (await import('./commands/doctor.ts')).doctor(options));

for (const command of program.commands) refuseRepeats(command);

heedOutput();
heedSignals();

try {
  checkWords(process.argv.slice(2));
  if (process.argv.length === 2) (await import('./commands/welcome.ts')).welcome();
  else await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? exit.fine : exit.usage;
  else {
    const ours = error instanceof NfoldError;
    const hint = ours ? '' : ' (not foreseen: please report it with what --debug prints)';
    process.stderr.write(`nfold: ${brief(messageOf(error))}${hint}\n`);
    if (program.opts().debug) console.error(error);
    process.exitCode = ours ? error.code : exit.failed;
  }
}
