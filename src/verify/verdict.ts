/** What verification says of a candidate, and how that is put into words. */
import type { Finding } from './inspect.ts';

export interface Failure extends Finding {
  readonly op: string;
  readonly candidate: string;
  readonly case: string;
  readonly distribution: string;
  readonly seed: number;
  /** A command that does the failing check again. */
  readonly replay: string;
}

export type Verdict =
  | { readonly status: 'pass'; readonly checks: number; readonly worst: number }
  | { readonly status: 'fail'; readonly failure: Failure }
  | { readonly status: 'unsupported' | 'error'; readonly message: string };

const number = (value: number | null) => (value === null ? '?' : String(Number(value.toPrecision(9))));

/** One line, without the replay command. */
export function sentence(failure: Failure): string {
  const { reason, where, got, want, error, bound } = failure;
  const place = `${failure.candidate} at ${failure.case} on ${failure.distribution} inputs`;
  switch (reason) {
    case 'differs':
      return `${place}: ${where} is ${number(got)}, should be ${number(want)}; error ${error?.toExponential(2)}, bound ${bound?.toExponential(2)}`;
    case 'input changed':
      return `${place}: the input ${where} was ${number(want)} and is ${number(got)} after the call`;
    case 'wrote outside':
      return `${place}: wrote to the guard band ${where}`;
    case 'not updated':
      return `${place}: ${where} is the same after the step as before it`;
    case 'not repeatable':
      return `${place}: ${where} was ${number(want)} at the first call and ${number(got)} at the second, on the same bytes`;
    case 'sketch':
      return `${place}: the result of timed ${where} is off; a random projection of it errs by ${error?.toExponential(2)} bounds`;
    case 'not finite':
      return `${place}: the result of timed ${where} is ${got}, not a finite number`;
  }
}

/** `pass`, or why not, in one line. */
export function verdictText(verdict: Verdict): string {
  switch (verdict.status) {
    case 'pass':
      return 'pass';
    case 'fail':
      return sentence(verdict.failure);
    case 'unsupported':
    case 'error':
      return verdict.message;
  }
}
