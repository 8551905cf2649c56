/** The words of `nfold profile`. */
import { type Program, type Run, runs } from '../commands/flags.ts';

export function register(program: Program, run: Run): void {
  runs(program, 'profile')
    .description('the share of each op in a training step, and what one faster op would do to the whole')
    .action((selectors, flags) =>
      run(flags, async (io) => (await import('./command.ts')).profileCommand(selectors, flags, io)),
    );
}
