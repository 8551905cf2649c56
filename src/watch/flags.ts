/** Declares `nfold watch`. */
import { caseFilter, json, type Program, seed, threadsOrCores } from '../commands/flags.ts';

export const declare = (program: Program) =>
  program
    .command('watch')
    .description('on each save: build, verify and time a candidate, as a preview that goes to no record')
    .argument('<candidate>', 'a candidate by its id or its file: sgemm/mine, ./kernels/sgemm/mine.ts')
    .addOption(json('print one line of JSON for each try'))
    .addOption(caseFilter())
    .addOption(seed())
    .addOption(threadsOrCores('threads for a candidate that can use them'))
    .option('--text <file>', 'train on this text (default: Moby Dick)');
