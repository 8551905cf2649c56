/** Errors that the user can mend: one sentence with what is wrong, where, and what to do. Any other error is a bug of nfold. */

export const exit = { fine: 0, failed: 1, usage: 2, nothing: 3, interrupted: 130 } as const;

/** What the user can mend. The message is one sentence: what is wrong, where, and what to do; odd names in it do not break its line. */
export class NfoldError extends Error {
  override readonly name = 'NfoldError';
  /** The exit code of the command line: 1 failed, 2 wrong usage, 3 nothing to run, 130 interrupted. */
  readonly code: number;
  constructor(message: string, code: number = exit.usage) {
    super(plain(message));
    this.code = code;
  }
}

/** A place in a source. Lines and columns count from 1; a column counts UTF-16 units. */
export interface Place {
  /** As the user would type it. */
  readonly file: string;
  readonly line: number;
  readonly column: number | null;
}

/** Where a fault lies and what mends it, as far as that is known. */
export interface Details {
  readonly place?: Place | null;
  /** What to do, in one sentence. */
  readonly hint?: string | null;
}

/** A fault of a candidate, in its source, its build or its cell: it becomes the verdict and does not end the run. */
export class CandidateError extends Error {
  readonly status: 'error' | 'impossible' | 'unsupported';
  readonly place: Place | null;
  readonly hint: string | null;
  constructor(
    message: string,
    status: CandidateError['status'] = 'error',
    { place = null, hint = null }: Details = {},
  ) {
    super(plain(message));
    this.status = status;
    this.place = place;
    this.hint = hint;
  }
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Foreign text on one line, without characters that move a cursor, colour or reverse the text beside it. */
export const plain = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();

/** The same in at most 1,000 characters: the middle of a longer word, and of a longer text, is left out. */
export function brief(text: string): string {
  const without = (long: string, head: number, tail: number) => `${long.slice(0, head)}…${long.slice(-tail)}`;
  const line = plain(text).replace(/\S{300,}/gu, (word) => without(word, 80, 40));
  return line.length > 1000 ? without(line, 600, 300) : line;
}
