/** Declares `nfold inspect`. */
import { type FlagsOf, json, type Program } from '../commands/flags.ts';

export const declare = (program: Program) =>
  program
    .command('inspect')
    .description('what a candidate became: its module, its hot loop, the machine code, and what V8 optimized')
    .argument('<candidate>', 'its id, such as sgemm/ikj-ts, or its file')
    .option('--case <glob>', 'the one case whose name it is, or matches or contains it (default: the largest)')
    .option('--wat', "the whole text of the module, not only the hot loop's")
    .option('--code', 'all instructions of the hot loop, however many there are')
    .addOption(json());

export type InspectFlags = FlagsOf<typeof declare>;
