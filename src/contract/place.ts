/** Places in sources, as people, terminals and editors read them. */
import { type CandidateError, type Details, exit, NfoldError, type Place } from './errors.ts';
import { plain } from './foreign.ts';

/** A sentence behind its place, `kernels/sgemm/mine.ts:12:5: …`, which terminals turn into a link. A sentence about that file need not name it. */
export function located(message: string, place: Place | null | undefined): string {
  if (!place) return message;
  const file = plain(place.file);
  const about = message.startsWith(`${file} `) ? message.slice(file.length + 1) : message;
  return `${[file, place.line, ...(place.column === null ? [] : [place.column])].join(':')}: ${about}`;
}

/** The same and what to do, on one line. */
export function inOneLine(message: string, { place, hint }: Details): string {
  return `${located(message, place)}${hint ? `: ${hint}` : ''}`;
}

/** A candidate's error as the end of a command, which says place and hint in its sentence. `before` stands in front of it. */
export function asFailure(error: CandidateError, before = ''): NfoldError {
  return new NfoldError(before + inOneLine(error.message, error), exit.failed, { ...error, hint: null });
}

/** The place of a character of a text. */
export function placeAt(file: string, text: string, index: number): Place {
  const before = text.slice(0, index);
  return { file, line: before.split('\n').length, column: index - before.lastIndexOf('\n') };
}
