/** The columns of a terminal that texts take, and texts that are cut or folded to a width. Escape sequences take none. */
import { stripVTControlCharacters } from 'node:util';
import { screen } from './screen.ts';

/** Scripts and emoji that a terminal draws two columns wide; a mark takes none. */
const wide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60]/u;
const mark = /\p{Mark}/u;

export function widthOf(text: string): number {
  return [...stripVTControlCharacters(text)].reduce((sum, c) => sum + (mark.test(c) ? 0 : wide.test(c) ? 2 : 1), 0);
}

/** A plain text without a part behind its middle, since names differ at their start and at their very end: `M256N38…NT`. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  const all = [...text];
  const end = all.splice(-Math.floor(width / 4));
  while (all.length > 0 && widthOf([...all, ...end].join('')) > width - 1) all.pop();
  return `${all.join('')}…${end.join('')}`;
}

/**
 * Folds the lines that are wider than the window between words; what follows is indented. A word that is wider stays whole, and so does what a
 * no-break space joins, or a pair of quotes that fits: a command is copied.
 */
export function wrapped(text: string, width = screen().columns, indent?: string): string {
  const folded = (line: string) => {
    const hanging = indent ?? `${/^ */.exec(line)?.[0]}  `;
    const pieces = line.match(/ *(?:'[^']+'[^ ]*|[^ ]+)/g) ?? [];
    const fits = (piece: string) => widthOf(piece) + hanging.length <= width;
    const [first = '', ...words] = pieces.flatMap((piece) => (fits(piece) ? piece : (piece.match(/ *[^ ]+/g) ?? [])));
    const lines = [first];
    for (const word of words) {
      const longer = `${lines.at(-1)}${word}`;
      if (widthOf(longer) <= width) lines[lines.length - 1] = longer;
      else lines.push(hanging + word.trimStart());
    }
    return lines.join('\n');
  };
  const each = text.split('\n').map((line) => (widthOf(line) <= width ? line : folded(line)));
  return each.join('\n');
}
