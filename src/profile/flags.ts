/** Declares `nfold profile`. */
import { type Program, runs, wide } from '../commands/flags.ts';

export const declare = (program: Program) =>
  runs(
    program,
    'profile',
    'the share of each op in a training step, and what one faster op would do to the whole',
  ).addOption(wide());
