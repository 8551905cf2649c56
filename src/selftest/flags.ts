/** Declares `nfold selftest`. */
import { type FlagsOf, json, type Program, seed, threads } from '../commands/flags.ts';

export const declare = (program: Program) =>
  program
    .command('selftest')
    .description(
      'test the judge on this machine: every known cheat must fail for its stated reason, every odd but honest kernel must pass',
    )
    .argument('[family...]', 'only the cheats of these families: clock, forgery, answers, numerics, theft and so on')
    .addOption(seed())
    .addOption(threads('threads for kernels that can use them').default(2))
    .addOption(json());

export type SelftestFlags = FlagsOf<typeof declare>;
