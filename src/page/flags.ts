/** Declares `nfold report`. */
import { type FlagsOf, json, type Program } from '../commands/flags.ts';
import { all } from '../commands/options.ts';

export const declare = (program: Program) =>
  program
    .command('report')
    .description('one self-contained page with pictures, from records')
    .argument('[record...]', 'last, last~1, an id, a name, a file, a folder (default: last, with the history of all)')
    .option('-o, --output <file>', 'write it here; - for stdout (default: report.html)')
    .option('--figure <section>', 'write the charts of one section of the page as SVG, such as ladder, all or roofline')
    .option('--profile <file>', 'show this profile, not the newest one kept here; repeatable', all)
    .option('--training <file>', 'show this training, not the newest one kept here; repeatable', all)
    .addOption(json());

export type ReportFlags = FlagsOf<typeof declare>;
