/** The languages that a new candidate can be in. */
import { kinds } from '../catalog/candidates.ts';
import { didYouMean } from '../catalog/select.ts';
import { NfoldError } from '../contract/errors.ts';

/** The endings of files, by the words of `--lang`. */
export const languages = { ts: 'ts', as: 'as.ts', wat: 'wat', c: 'c', 'wasm-ts': 'wasm.ts' } as const;
export type Language = keyof typeof languages;

/** Other words for them. */
const others = {
  typescript: 'ts',
  js: 'ts',
  javascript: 'ts',
  assemblyscript: 'as',
  wasm: 'wat',
  cpp: 'c',
  'c++': 'c',
};

/** Throws NfoldError, with the nearest right word. */
export function languageOf(word: string): Language {
  const known = Object.entries(languages).filter(([, kind]) => (kinds as readonly string[]).includes(kind));
  const found = known.find(([name, kind]) => word === name || word === kind)?.[0];
  if (found) return found as Language;
  const names = known.map(([name]) => name);
  const others = {
    typescript: 'ts',
    js: 'ts',
    javascript: 'ts',
    assemblyscript: 'as',
    wasm: 'wat',
    cpp: 'c',
    'c++': 'c',
  };
  const near = Object.entries(others).find(([other]) => other === word.toLowerCase())?.[1];
  const guess = near ? ` Did you mean '${near}'?` : didYouMean(word, names);
  throw new NfoldError(`There is no start in '${word}': --lang takes ${names.join(', ')}.${guess}`);
}
