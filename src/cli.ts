/** argv to one command, whose code is loaded when it is called, so that `--help` answers at once. */
import { inspect } from 'node:util';
import { Command, CommanderError, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { withOwnCells } from './cell/runs.ts';
import * as declare from './commands/flags.ts';
import { leavesOf } from './commands/leaves.ts';
import { checkWords, refuseRepeats } from './commands/options.ts';
import { brief, errorData, exit, messageOf, NfoldError } from './contract/errors.ts';
import { inWorkspace, type Workspace, workspace } from './files/places.ts';
import { runtime } from './machine/fingerprint.ts';
import type { Io, Result } from './report/output.ts';
import { onScreen } from './report/screen.ts';

/** The action of a command, from the function that does its work and takes its arguments, its flags and the Io. */
type Does = <Given extends unknown[]>(
  load: () => Promise<(...given: [...Given, Io]) => Result | Promise<Result>>,
) => (...given: [...Given, unknown]) => Promise<void>;

/** Runs the command that the words after `nfold` name; errors are printed, not thrown. `where` is by default the process's workspace. */
export function main(words: readonly string[], io: Io, where?: Workspace): Promise<{ code: number }> {
  return onScreen(io, () => runCommand(words, io, where));
}

/** Returns the exit code. */
async function runCommand(words: readonly string[], io: Io, where?: Workspace): Promise<{ code: number }> {
  let code: number = exit.fine;
  let json = words.slice(0, words.indexOf('--') >>> 0).includes('--json');
  const does: Does =
    (load) =>
    (...given) =>
      inWorkspace(where ?? workspace(), () =>
        withOwnCells(async () => {
          const flags: { readonly json?: true } = (given.at(-1) as CommandUnknownOpts).optsWithGlobals();
          json = flags.json === true;
          const command = await load();
          const words = given.with(-2, flags).with(-1, io) as Parameters<typeof command>;
          const { data, text, after, ...result } = await command(...words);
          if (json && data !== undefined) io.print(JSON.stringify(data, null, 2));
          else if (!json && text !== '') io.print(text);
          const last = await after?.();
          if (last?.text && !json) io.print(last.text);
          code = last?.code ?? result.code;
        }),
      );
  const program = await programFor(io, does);
  try {
    checkWords(words);
    if (words.length > 0) await program.parseAsync(jsonLast(words), { from: 'user' });
    else io.print((await import('./commands/welcome.ts')).welcome);
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return { code: exit.fine };
    const failure = failureOf(error, words);
    // What commander refuses, it has said itself; of a missing name it has printed the list.
    if (!(error instanceof CommanderError) || error.code === 'commander.help')
      io.note(`nfold: ${brief(failure.sentence)}`);
    if (program.opts().debug) io.note(inspect(error));
    if (json) io.print(JSON.stringify({ error: errorData(brief(failure.message), failure.details) }, null, 2));
    return { code: failure.exitCode };
  }
  return { code };
}

/** Puts a `--json` that stands before the command behind all words. */
function jsonLast(words: readonly string[]): readonly string[] {
  const command = words.findIndex((word) => !word.startsWith('-'));
  const early = words.indexOf('--json');
  if (early < 0 || early > command) return words;
  const others = words.toSpliced(early, 1);
  const end = others.indexOf('--');
  return others.toSpliced(end < 0 ? others.length : end, 0, '--json');
}

function failureOf(error: unknown, words: readonly string[]): NfoldError {
  if (error instanceof NfoldError) return error;
  if (error instanceof CommanderError) {
    if (error.code === 'commander.help') {
      const [first, second] = words.filter((word) => !word.startsWith('-'));
      const group = first === undefined || first === 'help' ? 'nfold' : `nfold ${first}`;
      const what = first === 'help' ? `There is no command '${second}'.` : `'${group}' lacks the name of a command.`;
      return new NfoldError(what, exit.usage, { hint: `'${group} --help' lists them.` });
    }
    const [, message = error.message, hint] = /^error: (.*?)(?:\n\((.*)\))?$/s.exec(error.message) ?? [];
    return new NfoldError(message, exit.usage, { hint });
  }
  const hint = '(unexpected: please report this with the output of --debug)';
  return new NfoldError(messageOf(error), exit.failed, { code: 'unexpected', hint });
}

/** All commands, with their options and descriptions. */
export async function programFor(io: Io, does: Does): Promise<declare.Program> {
  const program = new Command('nfold')
    .description(
      'Write a faster kernel in TypeScript or WebAssembly, prove that it is equivalent, measure the mean speedup.',
    )
    .version(runtime().nfold)
    .option('--debug', 'show the stack trace of an error; under verify, what candidates print with console')
    .showSuggestionAfterError()
    .addHelpText(
      'after',
      `
'nfold COMMAND --help' lists the options of a command. Quote globs: nfold verify 'sgemm/*simd*'.
Exit codes: 0 fine; 1 a verification or a gate failed, or the command itself did; 2 wrong usage; 3 nothing to run; 130 interrupted.`,
    )
    .exitOverride()
    .configureOutput({
      writeOut: io.print,
      writeErr: io.note,
      outputError: (text, write) => write(`nfold: ${brief(text.replace(/^error: /, ''))}`),
      getOutHelpWidth: () => (Number.isFinite(io.columns) ? io.columns : 80),
    });
  declare.list(program).action(does(async () => (await import('./commands/list.ts')).list));
  declare.verify(program).action(does(async () => (await import('./commands/verify.ts')).verify));
  declare.bench(program).action(does(async () => (await import('./commands/bench.ts')).bench));
  declare.show(program).action(does(async () => (await import('./commands/show.ts')).show));
  declare.compare(program).action(does(async () => (await import('./commands/compare.ts')).compare));
  declare.history(program).action(does(async () => (await import('./commands/history.ts')).history));
  declare.best(program).action(does(async () => (await import('./commands/best.ts')).best));
  declare.peak(program).action(does(async () => (await import('./commands/peak.ts')).peak));
  declare.doctor(program).action(does(async () => (await import('./commands/doctor.ts')).doctor));
  declare.schema(program).action(does(async () => (await import('./commands/schema.ts')).schema));
  // The wings: each is a folder and its line here.
  (await import('./new/flags.ts')).declare(program).action(does(async () => (await import('./new/command.ts')).create));
  (await import('./tune/flags.ts')).declare(program).action(does(async () => (await import('./tune/command.ts')).tune));
  (await import('./profile/flags.ts'))
    .declare(program)
    .action(does(async () => (await import('./profile/command.ts')).profileCommand));
  (await import('./inspect/flags.ts'))
    .declare(program)
    .action(does(async () => (await import('./inspect/command.ts')).inspect));
  (await import('./train/flags.ts'))
    .declare(program)
    .action(does(async () => (await import('./train/command.ts')).train));
  (await import('./watch/flags.ts'))
    .declare(program)
    .action(does(async () => (await import('./watch/command.ts')).watch));
  (await import('./selftest/flags.ts'))
    .declare(program)
    .action(does(async () => (await import('./selftest/command.ts')).selftest));
  (await import('./reproduce/flags.ts'))
    .declare(program)
    .action(does(async () => (await import('./reproduce/command.ts')).reproduce));
  (await import('./page/flags.ts'))
    .declare(program)
    .action(does(async () => (await import('./page/command.ts')).report));
  const tasks = await import('./task/flags.ts');
  const task = tasks.group(program);
  tasks.exporting(task).action(does(async () => (await import('./task/export.ts')).exportTask));
  tasks.checking(task).action(does(async () => (await import('./task/check.ts')).checkTask));
  tasks.scoring(task).action(does(async () => (await import('./task/score.ts')).scoreTask));
  tasks.logging(task).action(does(async () => (await import('./task/log.ts')).logTask));
  tasks.working(program).action(does(async () => (await import('./task/worker.ts')).worker));
  for (const { command } of leavesOf(program)) refuseRepeats(command);
  return program;
}
