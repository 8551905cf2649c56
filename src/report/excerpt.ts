/** An error with a place as compilers print it: the sentence behind the place, the line with a caret below it, and what to do. */
import type { Details, Place } from '../contract/errors.ts';
import { visibleLine } from '../contract/foreign.ts';
import { located } from '../contract/place.ts';
import { contentOf } from '../files/given.ts';
import { placeOf } from '../files/places.ts';
import { pc, screen } from './screen.ts';
import { wrapped } from './width.ts';

/** Characters of a line that are shown at most, and the share of them before the column. */
const [maxWidth, before] = [100, 0.6];

/** The lines of an error. `text`: that of the file of the place, if it is known. */
export function excerpt(message: string, { place, hint }: Details, text?: string | null): string[] {
  const line = place && text?.split('\n')[place.line - 1];
  return [
    located(message, place),
    ...(place && line?.trim() ? marked(line, place) : []),
    ...(hint ? [wrapped(`  ${pc.dim('hint:')} ${hint}`)] : []),
  ];
}

/** The same, with the line as the file has it now. */
export function excerptOfFile(message: string, details: Details): string[] {
  const content = details.place ? contentOf(placeOf(details.place.file), maxBytes) : '';
  return excerpt(message, details, typeof content === 'string' ? null : new TextDecoder().decode(content));
}

/** No source is larger. */
const maxBytes = 2 ** 17;

function marked(text: string, { line, column }: Place): string[] {
  const plain = visibleLine(text.trimEnd());
  const at = Math.min(visibleLine(text.slice(0, (column ?? 1) - 1)).length, plain.length);
  // The gutter and the signs of omission take the rest of the window.
  const width = Math.min(maxWidth, screen().columns - 11);
  const ahead = Math.round(before * width);
  const from = plain.length > width && at > ahead ? at - ahead : 0;
  const shown = `${from > 0 ? '…' : ''}${plain.slice(from, from + width)}${plain.length > from + width ? '…' : ''}`;
  const gutter = `${line}`.padStart(6);
  const caret = `${' '.repeat(gutter.length)} | ${' '.repeat(at - from + (from > 0 ? 1 : 0))}${pc.red('^')}`;
  return [`${gutter} | ${shown}`, ...(column === null ? [] : [caret])];
}
