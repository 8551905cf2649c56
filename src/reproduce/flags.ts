/** Declares `nfold reproduce`. */
import { caseFilter, type FlagsOf, json, type Program } from '../commands/flags.ts';

export const declare = (program: Program) =>
  program
    .command('reproduce')
    .description('run a record again from its own sources, seed and settings, and tell which of its claims hold here')
    .argument('<record>', 'last, last~1, an id or its start, a name, or a file')
    .addOption(caseFilter())
    .option('--text <file>', 'the text of the record, if it is not one of those that come with nfold')
    .addOption(json());

export type ReproduceFlags = FlagsOf<typeof declare>;
