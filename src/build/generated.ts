/** The module that a generator returns, as text or as bytes, with its marks for a profile. Such a text is in no file: an error says the line and what stands there. */
import { compile } from '../compiler/compile.ts';
import { brief, CandidateError, type Place } from '../contract/errors.ts';
import type { Thrown, Whereabouts } from '../contract/thrown.ts';
import { marked } from './marks.ts';
import { inBytes, inText } from './traps.ts';

const file = 'module.wat';

/** The text of what `generate` returned, for searches; none if it returned bytes. */
export const textsOf = (made: unknown) => (typeof made === 'string' ? [{ file, text: made }] : []);

/** What `generate` returned, with its marks turned into calls. */
export async function markedText(made: unknown): Promise<unknown> {
  return typeof made === 'string' ? ((await marked({ [file]: made }))?.[file] ?? made) : made;
}

export async function bytesOf(made: unknown): Promise<Uint8Array> {
  if (typeof made === 'string') return compile({ type: 'wat', text: made });
  if (made instanceof Uint8Array) return made;
  throw new CandidateError('does not build: generate(dims) returned neither WAT text nor the bytes of a module');
}

/** The error, with words for a place in the text. `generate`: where the source has that method. */
export function quoting(error: unknown, made: unknown, generate: Place | null): unknown {
  if (!(error instanceof CandidateError)) return error;
  const { message, status, hint, place } = error;
  const words = place?.file === file ? `, ${lineOf(made, place)}` : '';
  return new CandidateError(message + words, status, { hint, place: words ? generate : (place ?? generate) });
}

/** Where a call of the module trapped. */
export async function trapIn(
  thrown: Thrown,
  bytes: Uint8Array,
  made: unknown,
  place: Place | null,
): Promise<Whereabouts> {
  if (typeof made !== 'string') return { place, words: await inBytes(thrown, bytes) };
  const found = await inText(thrown, bytes, { file, text: made });
  const words = found.place ? [found.words, lineOf(made, found.place)] : [await inBytes(thrown, bytes)];
  return { place, words: words.filter(Boolean).join(' ') };
}

const lineOf = (made: unknown, { line }: Place) =>
  `in line ${line} of the text that generate(dims) returned: ${brief(String(made).split('\n')[line - 1])}`;
