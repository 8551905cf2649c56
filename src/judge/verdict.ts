/** What is known of a candidate's equivalence, and how that is put into words. */
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

export interface Pass {
  readonly status: 'pass';
  readonly checks: number;
  /** The largest error met, as a share of its bound. */
  readonly worst: number;
}

export type Verdict =
  /** It was not verified yet. */
  | { readonly status: 'pending' }
  | Pass
  | { readonly status: 'fail'; readonly failure: Failure }
  /** `impossible`: its time cannot be. */
  | { readonly status: 'unsupported' | 'error' | 'impossible'; readonly message: string };

/** What a verdict is when a run is over. */
export type Settled = Exclude<Verdict, { readonly status: 'pending' }>;

export const pending: Verdict = { status: 'pending' };

/** Whether it may still be checked or timed. */
export const isStanding = ({ status }: Verdict): boolean => status === 'pass' || status === 'pending';

/** Whether it speaks against the candidate; that this machine lacks something does not. */
export const isBad = (status: Verdict['status']): boolean => status !== 'pass' && status !== 'unsupported';

/** What two stages that follow one another say together: the first thing wrong, or all checks of both. */
export function merged(first: Verdict, second: Verdict): Verdict {
  if (first.status === 'pending' || second.status === 'pending') return first.status === 'pending' ? second : first;
  if (first.status !== 'pass') return first;
  if (second.status !== 'pass') return second;
  return { status: 'pass', checks: first.checks + second.checks, worst: Math.max(first.worst, second.worst) };
}

const number = (value: number | null) => (value === null ? '?' : String(Number(value.toPrecision(9))));
const short = (value: number | null) => value?.toExponential(2);

/** One line, without the replay command. */
export function sentence({
  candidate,
  case: c,
  distribution,
  reason,
  where,
  got,
  want,
  error,
  bound,
}: Failure): string {
  const off = `is ${number(got)}, should be ${number(want)}; error ${short(error)}, bound ${short(bound)}`;
  const what: Record<Finding['reason'], string> = {
    differs: `${where} ${off}`,
    'input changed': `the input ${where} was ${number(want)} and is ${number(got)} after the call`,
    'wrote outside': `wrote to the guard band ${where}`,
    'not updated': `${where} is the same after the step as before it`,
    'not repeatable': `${where} was ${number(want)} at the first call and ${number(got)} at the second, on the same bytes`,
    trajectory: `in a training run ${where} ${off}`,
    sketch: `${where} is off by ${short(error)} times its bound`,
    'not finite': `${where} is ${got}, not a finite number`,
    'changed later': `the result of ${where} changed after it had been handed over`,
  };
  return `${candidate} at ${c} on ${distribution} inputs: ${what[reason]}`;
}

/** `pass`, or why not, in one line. */
export function verdictText(verdict: Verdict): string {
  switch (verdict.status) {
    case 'pending':
      return 'not verified';
    case 'pass':
      return 'pass';
    case 'fail':
      return sentence(verdict.failure);
    default:
      return verdict.message;
  }
}
