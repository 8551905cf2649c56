/** Declares `nfold selftest`. */
import { type FlagsOf, json, type Program, seed } from '../commands/flags.ts';
import { whole } from '../commands/options.ts';

export const declare = (program: Program) =>
  program
    .command('selftest')
    .description(
      'test the judge on this machine: every known cheat must fail for its stated reason, every odd but honest kernel must pass',
    )
    .addOption(seed())
    .option('--threads <n>', 'threads for kernels that can use them', whole(1, 256), 2)
    .addOption(json());

export type SelftestFlags = FlagsOf<typeof declare>;
