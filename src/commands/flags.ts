/** The arguments and options of each command; the wings declare their own. */
import { type Command, Option } from '@commander-js/extra-typings';
import { maxUnseen } from '../judge/dims.ts';
import { usableCores } from '../machine/cpus.ts';
import { all, either, names, positive, seedOption, timedCalls, whole } from './options.ts';

export type Program = Command<[], { debug?: true }>;

/** The flags of a command, from the function that declares it. */
export type FlagsOf<D extends (program: Program) => { opts(): unknown }> = ReturnType<ReturnType<D>['opts']>;

export const json = (what = 'print only JSON on stdout') => new Option('--json', what);

/** `--wide`, which inWindow (report/screen.ts) heeds. */
export const wide = () =>
  new Option('--wide', 'print all columns of tables, which otherwise fit the window, or 80 columns in a pipe');

/** A command with its description and `--json`. */
const named = (program: Program, name: string, description: string) =>
  program.command(name).description(description).addOption(json());

export const threads = (what: string) =>
  new Option('--threads <n>', what).env('NFOLD_THREADS').argParser(whole(1, 256));

export const threadsOrCores = (what: string) =>
  threads(what).default(usableCores(), `${usableCores()}, one for each core`);

export const caseFilter = () =>
  new Option('--case <glob>', 'only cases whose name matches or contains it (M64*, NT); repeatable').argParser(either);

export const seed = () =>
  new Option('--seed <seed>', 'use this seed, to repeat the inputs of an earlier run').argParser(seedOption);

const reporter = (formats: string) =>
  new Option('--reporter <format[=file]>', `${formats}; on stdout or to a file; repeatable`).argParser(all);
const recordFormats = 'json, markdown, csv, bmf (Bencher), gha or gha-time (github-action-benchmark)';

const selectors = 'a suite, an op, a candidate, a glob or a file: lm_ops, sgemm, sgemm/*simd*, ./sgemm/mine.ts';

/** A command that measures candidates. */
const measures = (program: Program, name: string, description: string) =>
  named(program, name, description)
    .argument('[selector...]', selectors)
    .addOption(
      new Option('--quick', "fewer draws and rounds (bench's default without a selector)").conflicts('thorough'),
    )
    .option('--thorough', 'more draws and rounds, and the large cases')
    .addOption(threadsOrCores('threads for candidates that can use them'))
    .option('--text <file>', 'train on this text (default: Moby Dick)');

/** A command that runs cases of candidates. */
export const runs = (program: Program, name: string, description: string) =>
  measures(program, name, description).addOption(caseFilter()).addOption(seed());

export type RunFlags = ReturnType<ReturnType<typeof runs>['opts']>;

export const list = (program: Program) =>
  named(program, 'list', 'ops, their cases, and candidates with their ideas').argument('[selector...]', selectors);

export const verify = (program: Program) =>
  runs(program, 'verify', 'prove that candidates compute what the op says').option(
    '--timed <round:calls>',
    'repeat the timed calls of one round; a failure prints the value',
    timedCalls,
  );

export const bench = (program: Program) =>
  runs(program, 'bench', 'verify, time against the baseline, print the mean speedup, save a record')
    .addOption(new Option('--peers <names>', 'time these peers alone: plain-c,tfjs-node; repeatable').argParser(names))
    .option('--no-peers', 'skip the peer libraries, which saves time')
    .option('--against <rev>', 'time the candidate beside its earlier source: a git revision, or a record')
    .addOption(
      new Option(
        '--unseen <n>',
        'also time N shapes near the cases, drawn from the seed; the means leave them out',
      ).argParser(whole(1, maxUnseen)),
    )
    .option('--save <name>', 'name the record, for show and compare')
    .option('--note <text>', 'keep this text in the record')
    .addOption(wide())
    .addOption(reporter(recordFormats));

export type BenchFlags = FlagsOf<typeof bench>;

export const show = (program: Program) =>
  named(program, 'show', 'print a record again, case by case')
    .argument('[record]', 'last, last~1, an id or its start, a name, or a file', 'last')
    .addOption(wide())
    .addOption(reporter(recordFormats));

export const compare = (program: Program) =>
  named(program, 'compare', 'compare records with the first: what changed, and whether it exceeds the noise')
    .argument('<record...>', 'two or more: last, last~1, an id, a name, a file, a folder of another machine')
    .option('--fail-below <ratio>', 'exit 1 if a speedup fell below RATIO x its old value, beyond noise', positive)
    .option('--across-machines', 'let --fail-below judge records of two machines, whose speedups differ anyway')
    .option('--force', 'compare although the baselines differ')
    .option('--diff', 'print the changes in the sources as well')
    .addOption(wide())
    .addOption(reporter('json, markdown, csv'));

export const history = (program: Program) =>
  named(program, 'history', 'one candidate over time, as a table with a picture')
    .argument('<candidate>', 'its id, or a glob that only one candidate matches')
    .option('--case <name>', 'show this case instead of the mean')
    .addOption(wide());

export const best = (program: Program) =>
  measures(
    program,
    'best',
    'the best candidate of each op in all records here, and the number of attempts behind it',
  ).option('--confirm', 'measure it again on a fresh seed, with the options above');

export const peak = (program: Program) =>
  named(program, 'peak', "measure this machine's ceilings, fused multiply-adds and memory bandwidth, and keep them");

export const doctor = (program: Program) =>
  named(program, 'doctor', 'versions, features, threads and peers of this machine, and what is missing');

export const schema = (program: Program) =>
  named(
    program,
    'schema',
    "the JSON Schema of a command's --json, or of its errors; without a name, which there are",
  ).argument('[command...]', 'a command, or error');
