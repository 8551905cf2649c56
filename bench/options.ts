/** The options of a command in this folder: a wrong one is a sentence and exit code 2. */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { exit, messageOf } from '../src/contract/errors.ts';

export function parseOptions<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    console.error(messageOf(error));
    process.exit(exit.usage);
  }
}
