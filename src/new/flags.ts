/** Declares `nfold new`. */
import { type FlagsOf, json, type Program } from '../commands/flags.ts';

export const declare = (program: Program) =>
  program
    .command('new')
    .description('write a candidate that passes, to start from; or, as `new op NAME`, an op with its first candidate')
    .argument('<what>', 'the op and the name of the new candidate, such as sgemm/mine; or the word op')
    .argument('[name]', 'the name of a new op')
    .option('--lang <language>', 'ts, as (AssemblyScript), wat, c, or wasm-ts (a module for each shape)', 'ts')
    .addOption(json());

export type NewFlags = FlagsOf<typeof declare>;
