/** Declares `nfold report`. */
import { type FlagsOf, json, type Program } from '../commands/flags.ts';

export const declare = (program: Program) =>
  program
    .command('report')
    .description('one self-contained page with pictures, from records')
    .argument('[record...]', 'last, last~1, an id, a name, a file, a folder (default: last, with the history of all)')
    .option('-o, --output <file>', 'write the page here; - for stdout', 'report.html')
    .addOption(json());

export type ReportFlags = FlagsOf<typeof declare>;
