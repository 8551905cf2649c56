/** Texts of starters/, with words in the place of `{{name}}`. */
import { join } from 'node:path';
import { readGiven } from '../files/given.ts';
import { packageRoot } from '../files/places.ts';

export function filled(starter: string, words: Readonly<Record<string, string | number>>): string {
  const text = readGiven('file', join(packageRoot, 'starters', starter)).toString();
  return text.replace(/\{\{(\w+)\}\}/g, (_, name) => {
    if (!Object.hasOwn(words, name)) throw new Error(`starters/${starter} asks for {{${name}}}, which nobody gives`);
    return `${words[name]}`;
  });
}
