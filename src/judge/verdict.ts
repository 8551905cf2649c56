/** Verdicts on a candidate's equivalence, and their words. */
import { type CandidateError, type Details, errorData } from '../contract/errors.ts';
import { inOneLine } from '../contract/place.ts';
import type { Seed } from '../contract/rng.ts';
import type { Finding } from './inspect.ts';
import type { Spread } from './pattern.ts';
import { elementsText } from './place.ts';

export interface Failure extends Finding {
  readonly op: string;
  readonly candidate: string;
  readonly case: string;
  readonly distribution: string;
  readonly seed: Seed;
  /** The command that repeats the failing check. */
  readonly replay: string;
}

export type Verdict =
  /** It is not verified yet. */
  | { readonly status: 'pending' }
  /** `worst`: the largest error met, as a share of its bound. */
  | { readonly status: 'pass'; readonly checks: number; readonly worst: number }
  /** `spread`: how far the failure reaches, if the candidate went on. */
  | { readonly status: 'fail'; readonly failure: Failure; readonly spread?: Spread }
  /** `impossible`: its reported time is impossible. */
  | (Details & { readonly status: 'unsupported' | 'error' | 'impossible'; readonly message: string });

/** A verdict at the end of a run. */
export type Settled = Exclude<Verdict, { readonly status: 'pending' }>;

export const pending: Verdict = { status: 'pending' };

/** The verdict on a candidate that did not build, or did not run. `at`: the variant and the case that it came up with. */
export function erred(
  { status, message, code, place, hint }: CandidateError,
  at?: string,
): Exclude<Settled, { status: 'pass' | 'fail' }> {
  return { status, message: at === undefined ? message : `${at}: ${message}`, code, place, hint };
}

/** What an error that ends a command takes from a verdict. */
export const detailsOf = (verdict: Verdict): Details => ('message' in verdict ? verdict : { code: 'wrong' });

/** Why there is no result, as `--json` prints it; null if there is one. `file`: its source, for an error without a place. */
export function errorOf(verdict: Verdict, file?: string) {
  if (!('message' in verdict)) return null;
  const { status, message, code = status === 'error' ? 'build' : status, ...details } = verdict;
  return errorData(message, { file, ...details, code });
}

/** Whether it may still be checked or timed. */
export const isStanding = ({ status }: Verdict): boolean => status === 'pass' || status === 'pending';

/** Whether it counts against the candidate. `unsupported` does not: this machine lacks something. */
export const isBad = (status: Verdict['status']): boolean => status !== 'pass' && status !== 'unsupported';

/** The verdict of two stages in turn: the first thing wrong, or all checks of both. */
export function merged(first: Verdict, second: Verdict): Verdict {
  if (first.status === 'pending') return second;
  if (first.status !== 'pass' || second.status === 'pending') return first;
  if (second.status !== 'pass') return second;
  return { status: 'pass', checks: first.checks + second.checks, worst: Math.max(first.worst, second.worst) };
}

/** Adds what a stage says of a variant to what is known of it. */
export function addVerdict(known: Map<string, Verdict>, id: string, verdict: Verdict): void {
  known.set(id, merged(known.get(id) ?? pending, verdict));
}

const number = (value: number | null) => (value === null ? '?' : String(Number(value.toPrecision(9))));
const short = (value: number | null) => value?.toExponential(2);

function sentence(failure: Failure): string {
  const { candidate, case: c, distribution, reason, where, got, want, error, bound, elements } = failure;
  const off = `is ${number(got)}, should be ${number(want)}; error ${short(error)}, bound ${short(bound)}`;
  const what: Record<Finding['reason'], string> = {
    differs: `${where} ${off}`,
    'input changed': `the input ${where} was ${number(want)} and is ${number(got)} after the call`,
    'wrote outside': `wrote to the guard band ${where}`,
    'not updated': `${where} is the same after the step as before it`,
    'not repeatable': `${where} was ${number(want)} at the first call and ${number(got)} at the second, on the same bytes`,
    trajectory: `in a training run ${where} ${off}`,
    sketch: `${where} is off by ${short(error)} times its bound`,
    'changed later': `the result of ${where} changed after it had been handed over`,
  };
  const all = elements && elementsText(elements);
  return `${candidate} at ${c} on ${distribution} inputs: ${what[reason]}${all ? `; ${all}` : ''}`;
}

/** `pass`, or why not, in one line without the replay command. */
export function verdictText(verdict: Verdict): string {
  switch (verdict.status) {
    case 'pending':
      return 'not verified';
    case 'pass':
      return 'pass';
    case 'fail':
      return sentence(verdict.failure);
    default:
      return inOneLine(verdict.message, verdict);
  }
}
