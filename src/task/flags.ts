/** Declares `nfold task` with its commands, and `nfold worker`. */
import { Option } from '@commander-js/extra-typings';
import { type FlagsOf, json, type Program, seed, threads, threadsOrCores, wide } from '../commands/flags.ts';
import { names, whole } from '../commands/options.ts';
import { maxUnseen } from '../judge/dims.ts';

export const group = (program: Program) =>
  program
    .command('task')
    .description('hand out the starting code as a folder; score what comes back')
    .addOption(json().hideHelp());

type Group = ReturnType<typeof group>;

/** The flags of one of the commands below. */
type FlagsOfTask<D extends (group: Group) => { opts(): unknown }> = ReturnType<ReturnType<D>['opts']>;

const task = () => new Option('--task <name>', 'an op or a suite, such as train_gpt2, sgemm or lm_ops');

const queue = () =>
  new Option('--queue <url>', 'a Postgres that several machines share: postgres://user@host/database').env(
    'NFOLD_QUEUE',
  );

export const exporting = (task_: Group) =>
  task_
    .command('export')
    .description('write a folder with the starting code of a task, its rules, and commands to check and time it')
    .argument('<folder>', 'where to write it; it must be empty or not there yet')
    .addOption(task().default('train_gpt2'))
    .addOption(
      new Option('--format <format>', 'plain, or harbor for harnesses that run such tasks')
        .choices(['plain', 'harbor'])
        .default('plain'),
    )
    .addOption(json());
export type ExportFlags = FlagsOfTask<typeof exporting>;

export const checking = (task_: Group) =>
  task_
    .command('check')
    .description('verify the attempt in a folder as score does; the last line is PASS or FAIL')
    .argument('[folder]', 'the folder of the task', '.')
    .addOption(task())
    .addOption(new Option('--quick', 'fewer draws').conflicts('thorough'))
    .option('--thorough', 'more draws, and the large cases')
    .addOption(threadsOrCores('threads for attempts that can use them'))
    .addOption(seed())
    .addOption(json());
export type CheckFlags = FlagsOfTask<typeof checking>;

export const scoring = (task_: Group) =>
  task_
    .command('score')
    .description('judge and time the attempts in folders, by this installation and with fresh seeds')
    .argument('<folder...>', 'the folders that came back')
    .addOption(task())
    .addOption(new Option('--quick', 'fewer draws and rounds').conflicts('thorough'))
    .option('--thorough', 'more draws and rounds, and the large cases')
    .addOption(
      threads('threads for attempts that can use them (default: one for each core of the machine that scores)'),
    )
    .addOption(seed())
    .addOption(
      new Option('--unseen <n>', 'shapes near the cases that are timed too, in a table of their own')
        .argParser(whole(0, maxUnseen))
        .default(5),
    )
    .option('--again', 'score once more what was scored already')
    .addOption(queue())
    .addOption(
      new Option('--class <names>', 'machine classes to score on, one job for each; repeatable').argParser(names),
    )
    .option('--watch', 'with --queue: show the progress, and wait for all results')
    .addOption(wide())
    .addOption(json());
export type ScoreFlags = FlagsOfTask<typeof scoring>;

export const logging = (task_: Group) =>
  task_
    .command('log')
    .description('the attempts at a task over time: the best so far, plateaus, ideas')
    .addOption(task())
    .addOption(wide())
    .addOption(json());
export type LogFlags = FlagsOfTask<typeof logging>;

export const working = (program: Program) =>
  program
    .command('worker')
    .description('take scoring jobs from a queue that several machines share')
    .addOption(queue())
    .option('--once', 'end when no job waits, instead of waiting for more')
    .addOption(json());
export type WorkerFlags = FlagsOf<typeof working>;
