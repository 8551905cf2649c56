/** Errors that the user can mend: one sentence with what is wrong, where, and what to do. Any other error is a bug of nfold. */
import { plain } from './foreign.ts';

export const exit = { fine: 0, failed: 1, usage: 2, nothing: 3, interrupted: 130 } as const;

/** What went wrong, in a word that stays as it is, since programs read it as `error.code` of `--json`; and the exit code. */
export const errorCodes = {
  usage: [exit.usage, 'the words of the command line do not fit'],
  failed: [exit.failed, 'the command did not reach its end'],
  'nothing-to-run': [exit.nothing, 'there is nothing to work on yet'],
  interrupted: [exit.interrupted, 'it was asked to stop'],
  'unknown-name': [exit.nothing, 'no op, candidate, case, record or command is called so'],
  'ambiguous-name': [exit.usage, 'a name means several things, and one is needed'],
  'no-file': [exit.usage, 'a file or folder that was named cannot be read or written'],
  'bad-file': [exit.usage, 'a file is not what it should be'],
  'not-comparable': [exit.usage, 'the records are of two baselines or of two machines'],
  'no-package': [exit.usage, 'a package is not installed'],
  misplaced: [exit.usage, 'a file is no candidate, by its name or its folder'],
  build: [exit.failed, 'a candidate does not build'],
  contract: [exit.failed, 'a candidate breaks the contract: its imports, exports, parameters or setup'],
  trap: [exit.failed, 'a candidate threw an error in a call'],
  ended: [exit.failed, 'a candidate took too long or too much memory, or its process died'],
  wrong: [exit.failed, 'a candidate computes something else than its op says'],
  impossible: [exit.failed, 'a candidate reports an impossible time'],
  unsupported: [exit.failed, 'this machine lacks what a candidate needs'],
  unexpected: [exit.failed, 'a fault of nfold'],
} as const;
/** What went wrong, in a word that stays as it is. */
export type ErrorCode = keyof typeof errorCodes;
const codes = Object.keys(errorCodes) as ErrorCode[];

/** What the user can mend. The message is one sentence: what is wrong and where; odd names in it do not break its line. */
export class NfoldError extends Error {
  override readonly name = 'NfoldError';
  /** That of the command line: 1 failed, 2 wrong usage, 3 nothing to run, 130 interrupted. */
  readonly exitCode: number;
  /** The same as fields. */
  readonly details: Details;
  /** `kind`: a code, or an exit code, which stands for the first code that has it. */
  constructor(message: string, kind: ErrorCode | number = 'usage', { code, file, place, hint }: Details = {}) {
    super(plain(message));
    const own = typeof kind === 'string' ? kind : codes.find((one) => errorCodes[one][0] === kind);
    this.exitCode = typeof kind === 'number' ? kind : errorCodes[kind][0];
    this.details = { code: code ?? own, file, place, hint };
  }

  /** With what to do about it. */
  get sentence(): string {
    return [this.message, this.details.hint ?? []].flat().join(' ');
  }
}

/** A place in a source. Lines and columns count from 1; a column counts UTF-16 units. */
export interface Place {
  /** As the user would type it. */
  readonly file: string;
  readonly line: number;
  readonly column: number | null;
}

/** The kind of a fault, where it lies, and what mends it, as far as that is known. */
export interface Details {
  readonly code?: ErrorCode;
  /** Without a place in it. */
  readonly file?: string;
  readonly place?: Place | null;
  /** What to do, in one sentence. */
  readonly hint?: string | null;
}

/** A fault of a candidate, in its source, its build or its cell: it becomes the verdict and does not end the run. */
export class CandidateError extends Error {
  readonly status: 'error' | 'impossible' | 'unsupported';
  readonly code: ErrorCode;
  readonly place: Place | null;
  readonly hint: string | null;
  constructor(
    message: string,
    status: CandidateError['status'] = 'error',
    { code = status === 'error' ? 'build' : status, place = null, hint = null }: Details = {},
  ) {
    super(plain(message));
    this.status = status;
    this.code = code;
    this.place = place;
    this.hint = hint;
  }
}

/** An error as `--json` prints it. What is not known is null. */
export function errorData(message: string, { code = 'failed', file, place, hint = null }: Details) {
  return {
    code,
    message,
    file: place?.file ?? file ?? null,
    line: place?.line ?? null,
    column: place?.column ?? null,
    hint,
  };
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Foreign text on one line, in at most 1,000 characters: the middle of a longer word, and of a longer text, is left out. */
export function brief(text: string): string {
  const without = (long: string, head: number, tail: number) => `${long.slice(0, head)}…${long.slice(-tail)}`;
  // On a text of megabytes, the search for long words would exhaust the stack.
  const line = plain(text.length > 20_000 ? without(text, 10_000, 10_000) : text).replace(/\S{300,}/gu, (word) =>
    without(word, 80, 40),
  );
  return line.length > 1000 ? without(line, 600, 300) : line;
}
