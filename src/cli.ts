/** argv to one command, whose code is loaded when it is called, so that `--help` answers at once. */
import { inspect } from 'node:util';
import { Command, CommanderError } from '@commander-js/extra-typings';
import { withOwnCells } from './cell/cell.ts';
import * as declare from './commands/flags.ts';
import { checkWords, refuseRepeats } from './commands/options.ts';
import { brief, exit, messageOf, NfoldError } from './contract/errors.ts';
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
  const does: Does =
    (load) =>
    (...given) =>
      inWorkspace(where ?? workspace(), () =>
        withOwnCells(async () => {
          const { json } = given.at(-2) as { readonly json?: true };
          const command = await load();
          const { data, text, after, ...result } = await command(...(given.with(-1, io) as Parameters<typeof command>));
          if (json) io.print(JSON.stringify(data, null, 2));
          else if (text !== '') io.print(text);
          const last = await after?.();
          if (last?.text && !json) io.print(last.text);
          code = last?.code ?? result.code;
        }),
      );
  const program = await programFor(io, does);
  try {
    checkWords(words);
    if (words.length > 0) await program.parseAsync(words, { from: 'user' });
    else io.print((await import('./commands/welcome.ts')).welcome);
  } catch (error) {
    if (error instanceof CommanderError) return { code: error.exitCode === 0 ? exit.fine : exit.usage };
    const ours = error instanceof NfoldError;
    const hint = ours ? '' : ' (unexpected: please report this with the output of --debug)';
    io.note(`nfold: ${brief(messageOf(error))}${hint}`);
    if (program.opts().debug) io.note(inspect(error));
    return { code: ours ? error.code : exit.failed };
  }
  return { code };
}

async function programFor(io: Io, does: Does): Promise<declare.Program> {
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
  // The wings: each is a folder and its line here.
  (await import('./new/flags.ts')).declare(program).action(does(async () => (await import('./new/command.ts')).create));
  (await import('./tune/flags.ts')).declare(program).action(does(async () => (await import('./tune/command.ts')).tune));
  (await import('./profile/flags.ts'))
    .declare(program)
    .action(does(async () => (await import('./profile/command.ts')).profileCommand));
  (await import('./train/flags.ts'))
    .declare(program)
    .action(does(async () => (await import('./train/command.ts')).train));
  (await import('./selftest/flags.ts'))
    .declare(program)
    .action(does(async () => (await import('./selftest/command.ts')).selftest));
  for (const command of program.commands) refuseRepeats(command);
  return program;
}
