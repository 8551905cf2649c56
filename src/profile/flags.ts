/** The words of `nfold profile`. */
import { type Does, type Program, runs } from '../commands/flags.ts';

export function register(program: Program, does: Does): void {
  runs(program, 'profile')
    .description('the share of each op in a training step, and what one faster op would do to the whole')
    .action(does(async () => (await import('./command.ts')).profileCommand));
}
