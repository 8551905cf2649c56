/** argv to one command. Each command's code is loaded when it is called, so that `--help` answers at once. */
import { inspect } from 'node:util';
import { Command, CommanderError } from '@commander-js/extra-typings';
import * as declare from './commands/flags.ts';
import { checkWords, refuseRepeats } from './commands/options.ts';
import { brief, exit, messageOf, NfoldError } from './contract/errors.ts';
import { inWorkspace, type Workspace, workspace } from './files/places.ts';
import { runtime } from './machine/fingerprint.ts';
import type { Io } from './report/output.ts';
import { onScreen } from './report/screen.ts';

/** Each brings its own command. */
const wings = [
  () => import('./tune/flags.ts'),
  () => import('./profile/flags.ts'),
  () => import('./train/flags.ts'),
  () => import('./selftest/flags.ts'),
];

/**
 * Runs the command that the words after `nfold` name, in the workspace or else in that of the process. Errors are printed, not thrown;
 * `code` is the exit code.
 */
export function main(words: readonly string[], io: Io, where?: Workspace): Promise<{ code: number }> {
  return onScreen(io, () => runCommand(words, io, where));
}

async function runCommand(words: readonly string[], io: Io, where?: Workspace): Promise<{ code: number }> {
  let code: number = exit.fine;
  const run: declare.Run = (flags, work) =>
    inWorkspace(where ?? workspace(), async () => {
      const result = await work(io);
      if (flags.json) io.print(JSON.stringify(result.data, null, 2));
      else if (result.text !== '') io.print(result.text);
      const last = await result.after?.();
      if (last?.text && !flags.json) io.print(last.text);
      code = last?.code ?? result.code;
    });
  const program = await programFor(io, run);
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

async function programFor(io: Io, run: declare.Run): Promise<declare.Program> {
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
  declare
    .list(program)
    .action((selectors, flags) => run(flags, async (io) => (await import('./commands/list.ts')).list(selectors, io)));
  declare
    .verify(program)
    .action((selectors, flags) =>
      run(flags, async (io) => (await import('./commands/verify.ts')).verify(selectors, flags, io)),
    );
  declare
    .bench(program)
    .action((selectors, flags) =>
      run(flags, async (io) => (await import('./commands/bench.ts')).bench(selectors, flags, io)),
    );
  declare
    .show(program)
    .action((reference, flags) =>
      run(flags, async (io) => (await import('./commands/show.ts')).show(reference, flags, io)),
    );
  declare
    .compare(program)
    .action((references, flags) =>
      run(flags, async (io) => (await import('./commands/compare.ts')).compare(references, flags, io)),
    );
  declare
    .history(program)
    .action((selector, flags) =>
      run(flags, async (io) => (await import('./commands/history.ts')).history(selector, flags, io)),
    );
  declare
    .best(program)
    .action((selectors, flags) =>
      run(flags, async (io) => (await import('./commands/best.ts')).best(selectors, flags, io)),
    );
  declare.peak(program).action((flags) => run(flags, async (io) => (await import('./commands/peak.ts')).peak(io)));
  declare.doctor(program).action((flags) => run(flags, async () => (await import('./commands/doctor.ts')).doctor()));
  for (const wing of await Promise.all(wings.map((load) => load()))) wing.register(program, run);
  for (const command of program.commands) refuseRepeats(command);
  return program;
}
