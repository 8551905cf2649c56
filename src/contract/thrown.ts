/** What a candidate threw in its cell, on the way to its place in the source. */
import { CandidateError, type Details, type Place } from './errors.ts';

/** `trace`: the stack as the cell tells it, in places of the code that ran. A candidate may have forged it. */
export class Thrown extends CandidateError {
  readonly trace: string;
  constructor(message: string, trace: string, details: Details = {}) {
    super(message, 'error', details);
    this.trace = trace;
  }
}

/** A place in the source, and words for what it does not tell. */
export interface Whereabouts {
  readonly place: Place | null;
  readonly words?: string | null;
}

/** An error with its place, if it is one that a candidate threw; other errors as they are. */
export async function placed(error: unknown, locate: (thrown: Thrown) => Promise<Whereabouts>): Promise<unknown> {
  if (!(error instanceof Thrown)) return error;
  // A place is a help, and whatever fails on the way to it must not hide the error.
  const { place, words } = await locate(error).catch((): Whereabouts => ({ place: null }));
  const message = words ? `${error.message}, ${words}` : error.message;
  return new CandidateError(message, error.status, { code: error.code, place, hint: error.hint });
}
