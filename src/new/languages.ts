/** The languages that a new candidate can be in. */
import { kinds } from '../catalog/candidates.ts';
import { didYouMean } from '../catalog/select.ts';
import { exit, NfoldError } from '../contract/errors.ts';

/** The endings of files, by the words of `--lang`. */
export const languages = { ts: 'ts', as: 'as.ts', wat: 'wat', c: 'c', 'wasm-ts': 'wasm.ts' } as const;
export type Language = keyof typeof languages;

/** Takes the ending for the word as well. Throws NfoldError, with the nearest right word. */
export function languageOf(word: string): Language {
  const known = Object.entries(languages).filter(([, kind]) => (kinds as readonly string[]).includes(kind));
  const found = known.find(([name, kind]) => word === name || word === kind)?.[0];
  if (found) return found as Language;
  const names = known.map(([name]) => name);
  const list = `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  const hint = didYouMean(word, names).trim() || null;
  throw new NfoldError(`There is no language '${word}': --lang takes ${list}.`, exit.usage, {
    code: 'unknown-name',
    hint,
  });
}
