/** Declares `nfold tune`. */
import { caseFilter, type FlagsOf, json, type Program, seed, threadsOrCores } from '../commands/flags.ts';
import { positive } from '../commands/options.ts';

export const declare = (program: Program) =>
  program
    .command('tune')
    .description('search the parameters of a generator that suit this machine, and keep them for later runs')
    .argument('<candidate>', 'a .wasm.ts candidate that declares them')
    .option('--minutes <m>', 'time limit of the search; the next search continues from there', positive, 5)
    .addOption(caseFilter())
    .addOption(threadsOrCores('tune for this number of threads'))
    .addOption(seed())
    .option('--again', 'search settled cases again')
    .addOption(json());

export type TuneFlags = FlagsOf<typeof declare>;
