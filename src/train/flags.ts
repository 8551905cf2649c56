/** Declares `nfold train`. */
import { type FlagsOf, json, type Program, threads } from '../commands/flags.ts';
import { positive, whole } from '../commands/options.ts';

export const declare = (program: Program) =>
  program
    .command('train')
    .description('train the small language model on a text: loss curve, tokens/s, a sample of what it writes')
    .argument('[candidate]', 'one of train_gpt2 (default: the fastest here; train_gpt2/baseline is the baseline)')
    .option('--steps <n>', 'train up to this step (default: 2000; none with --minutes)', whole(1, 1e9))
    .option('--minutes <m>', 'stop after this time', positive)
    .option('--case <name>', 'the model (default: B4T64L4C128NH4V256)')
    .option('--text <file>', 'train on this text (default: Moby Dick)')
    .option('--seed <n>', 'use this seed, to repeat the model and the batches of an earlier run', whole(0, 2 ** 31 - 1))
    .addOption(threads('threads, if the candidate can use them'))
    .option('--learning-rate <x>', 'learning rate of AdamW (default: 0.001)', positive)
    .option('--eval-every <n>', 'steps between held-out losses (default: about 20 over the run)', whole(1, 1e9))
    .option('--sample <bytes>', 'length of the generated text, 0 for none', whole(0, 1e6), 400)
    .option('--prompt <text>', 'the generated text begins with this')
    .option('--plot <file>', 'write the loss curve as SVG')
    .option('--save <file>', 'write a checkpoint at every held-out loss and at the end')
    .option('--resume <file>', 'continue from a checkpoint')
    .option('--beside-baseline', 'train the baseline too, from the same seed, and compare')
    .addOption(json());

export type TrainFlags = FlagsOf<typeof declare>;
