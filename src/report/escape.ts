/** Foreign text within the formats of other programs, where it shows as the text that it is. */
import { plain } from '../contract/foreign.ts';

/** A zero-width blank: what it divides is no longer a link, a mention or an issue. */
const apart = '&#8203;';

/** Within a line or a cell of Markdown, as GitHub, micromark and marked read it. */
export function inMarkdown(text: string): string {
  return (
    plain(text)
      // No foreign one is left, and it stands for `apart` until all else is escaped.
      .replace(/@|#(?=\d)|:(?=\/\/|\w+:)|\b(?:www|gh|mailto|xmpp)(?=[.:-])/gi, '$&\u200b')
      .replace(/[&<>$]/g, (c) => `&#${c.charCodeAt(0)};`)
      // Within a word, `_` is no markup; nor is a bracket that nothing follows.
      .replace(/[\\|`*~]|(?<![a-z0-9])_|_(?![a-z0-9])|\](?=[([:])|\[(?=\^)/gi, '\\$&')
      .replaceAll('\u200b', apart)
  );
}

/** The same at the start of a line, where signs and numbers would begin a heading or a list. */
export const lineInMarkdown = (text: string): string => inMarkdown(text).replace(/^(?=[#+=-]|\d+[.)]|\[)/, apart);

/** A field of comma-separated values, quoted as in RFC 4180. A text that a spreadsheet would take for a formula begins with `'`, as it does there. */
export function inCsv(cell: string | number | boolean | null | undefined): string {
  const formula = typeof cell === 'string' && /^[\s\p{Cc}\p{Cf}]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/u.test(cell);
  const text = `${formula ? "'" : ''}${cell ?? ''}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
