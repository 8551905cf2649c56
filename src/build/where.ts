/** Where in its sources a candidate has something. */
import type { Place } from '../contract/errors.ts';
import { placeAt } from '../contract/place.ts';

/** A text by the path that the user would type. */
export interface TextFile {
  readonly file: string;
  readonly text: string;
}

/** The place of the first of some patterns, each looked for in all texts. */
export type Find = (...patterns: readonly RegExp[]) => Place | null;

/** Strings and comments, whole or cut off. */
const inWat = /"(?:\\.|[^"\\\n])*"?|;;.*|\(;[\s\S]*?(?:;\)|$)/g;
const inScript = /(["'])(?:\\.|(?!\1)[^\\\n])*\1?|`(?:\\[\s\S]|[^`\\])*`?|\/\/.*|\/\*[\s\S]*?(?:\*\/|$)/g;

/** The text with blanks for its comments. */
function withoutComments({ file, text }: TextFile): string {
  const blank = (part: string) => (/^["'`]/.test(part) ? part : part.replace(/[^\n]/g, ' '));
  return text.replace(file.endsWith('.wat') ? inWat : inScript, blank);
}

const finder =
  (read: (text: TextFile) => string, texts: readonly TextFile[]): Find =>
  (...patterns) => {
    for (const pattern of patterns) {
      for (const text of texts) {
        const found = pattern.exec(read(text));
        if (found) return placeAt(text.file, text.text, found.index);
      }
    }
    return null;
  };

export const findIn = (texts: readonly TextFile[]): Find => finder(withoutComments, texts);
export const findInComments = (...texts: readonly TextFile[]): Find => finder(({ text }) => text, texts);

/** A pattern for these very characters. */
export const literally = (text: string): string => text.replace(/[^\w\s]/g, String.raw`\$&`);
