/** Errors that are the user's to mend: one sentence with what is wrong, where, and what to do. Anything else is our bug. */

export const exit = { fine: 0, failed: 1, usage: 2, nothing: 3, interrupted: 130 } as const;

/** `code` is the exit code; the message is one sentence, on one line whatever the names in it. */
export class NfoldError extends Error {
  readonly code: number;
  constructor(message: string, code: number = exit.usage) {
    super(plain(message));
    this.name = 'NfoldError';
    this.code = code;
  }
}

/** What a candidate did wrong, in its source, in a build or in a cell: it becomes the candidate's verdict and does not end the run. */
export class CandidateError extends Error {
  readonly status: 'error' | 'impossible' | 'unsupported';
  constructor(message: string, status: CandidateError['status'] = 'error') {
    super(plain(message));
    this.status = status;
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Text that is not ours, on one line, with nothing in it that moves a cursor, colours or reverses what stands beside it. */
export const plain = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();

/** The same, as long as a sentence may be: of a longer word, and of a longer text, the middle is left out. */
export function brief(text: string): string {
  const without = (long: string, head: number, tail: number) => `${long.slice(0, head)}…${long.slice(-tail)}`;
  const line = plain(text).replace(/\S{300,}/gu, (word) => without(word, 80, 40));
  return line.length > 1000 ? without(line, 600, 300) : line;
}
