/** Where in its sources a candidate has something. */
import { find } from '../compiler/compile.ts';
import type { TextFile } from '../compiler/texts.ts';
import type { Place } from '../contract/errors.ts';

/** The place of the first of some patterns, each looked for in all texts. */
export type Find = (...patterns: readonly RegExp[]) => Promise<Place | null>;

export const findIn =
  (texts: readonly TextFile[]): Find =>
  (...patterns) =>
    find(texts, patterns);

export const findInComments =
  (...texts: readonly TextFile[]): Find =>
  (...patterns) =>
    find(texts, patterns, true);

/** A pattern for these very characters. */
export const literally = (text: string): string => text.replace(/[^\w\s]/g, String.raw`\$&`);
