/** What the commands of this folder have in common: a wrong option, or what else is the user's to mend, is a sentence and an exit code. */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { exit, messageOf, NfoldError } from '../src/contract/errors.ts';

process.on('uncaughtException', (error) => {
  console.error(error instanceof NfoldError ? error.sentence : error);
  process.exit(error instanceof NfoldError ? error.exitCode : exit.failed);
});

export function parseOptions<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    console.error(messageOf(error));
    process.exit(exit.usage);
  }
}
