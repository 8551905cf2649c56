/** Text that is not ours: names of files, sources, records, what candidates say, the environment. */

/**
 * Characters that show nothing, or move, colour or reorder what stands beside them: controls, format characters such as the bidirectional
 * ones, zero widths, line separators, and halves of pairs.
 */
const hidden = String.raw`[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]`;

const runs = new RegExp(`${hidden}+`, 'gu');
const each = new RegExp(hidden, 'gu');
const eachWithin = new RegExp(String.raw`(?!\n|\t|\r\n)${hidden}`, 'gu');

/** On one line: what hides is a blank. */
export const plain = (text: string): string => text.replace(runs, ' ').trim();

/** Several lines: what hides shows as JSON writes it, `\u001b`, so that JSON stays the data that it is. */
export const visible = (text: string): string => text.replace(eachWithin, escaped);

/** A line of a source: as `visible`, but a tab is a blank. */
export const visibleLine = (line: string): string => line.replaceAll('\t', ' ').replace(each, escaped);

const escaped = (character: string): string =>
  Array.from(
    { length: character.length },
    (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`,
  ).join('');
