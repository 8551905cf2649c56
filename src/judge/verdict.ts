/** What verification says of a candidate, and how that is put into words. */

import type { AnyOp } from '../contract/op.ts';
import type { Variant } from '../contract/variant.ts';
import { quoted } from '../contract/words.ts';
import { workspace } from '../files/places.ts';
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
  /** `impossible`: its time cannot be. */
  | { readonly status: 'unsupported' | 'error' | 'impossible'; readonly message: string };

/** Whether it speaks against the candidate; that this machine lacks something does not. */
export const isBad = (status: Verdict['status']): boolean => status !== 'pass' && status !== 'unsupported';

/** `timed`: the round whose calls it was found in, and how many of them there were. */
export function failure(
  finding: Finding,
  { id, selector = id }: Pick<Variant, 'id' | 'selector'>,
  caseName: string,
  { op, seed, replayFlags = [] }: { op: AnyOp; seed: number; replayFlags?: readonly string[] },
  distribution: string,
  timed?: { readonly round: number; readonly calls: number },
): Failure {
  const words = [...workspace().command, 'verify', selector, '--case', caseName, '--seed', `${seed}`, ...replayFlags];
  if (timed) words.push('--timed', `${timed.round}:${timed.calls}`);
  const replay = words.map(quoted).join(' ');
  return { ...finding, op: op.name, candidate: id, case: caseName, distribution, seed, replay };
}

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
    case 'trajectory':
      return `${place}: in a training run ${where} is ${number(got)}, should be ${number(want)}; error ${error?.toExponential(2)}, bound ${bound?.toExponential(2)}`;
    case 'sketch':
      return `${place}: ${where} errs by ${error?.toExponential(2)} bounds`;
    case 'not finite':
      return `${place}: ${where} is ${got}, not a finite number`;
    case 'changed later':
      return `${place}: the result of ${where} changed after it had been handed over`;
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
    case 'impossible':
      return verdict.message;
  }
}
