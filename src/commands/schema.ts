/** nfold schema: the JSON Schema of what `--json` of a command prints. */
import { didYouMean } from '../catalog/select.ts';
import { exit, NfoldError } from '../contract/errors.ts';
import type { Io, Result } from '../report/output.ts';
import { jsonSchemaOf, schemas } from '../schemas/registry.ts';

export function schema(words: readonly string[], _: unknown, _io: Io): Result {
  const name = words.join(' ');
  const commands = Object.keys(schemas);
  if (name === '') return { code: exit.fine, data: { commands }, text: commands.join('\n') };
  if (!Object.hasOwn(schemas, name)) {
    const hint = `${didYouMean(name, commands)}'nfold schema' lists them.`;
    throw new NfoldError(`There is no schema of '${name}'.`, exit.usage, { code: 'unknown-name', hint });
  }
  const data = jsonSchemaOf(name);
  return { code: exit.fine, data, text: JSON.stringify(data, null, 2) };
}
