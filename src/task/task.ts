/** What can be handed out: an op, or a suite of several. */
import { type Suite, suitesOf } from '../../bench/suites.ts';
import { kinds } from '../catalog/candidates.ts';
import { opNames } from '../catalog/ops.ts';
import { didYouMean } from '../catalog/select.ts';
import { NfoldError } from '../contract/errors.ts';
import { counted } from '../contract/words.ts';

export interface Task {
  readonly name: string;
  /** The suite whose mean is the score. */
  readonly suite: Suite;
  readonly ops: readonly string[];
}

/** Throws NfoldError, with the nearest right word. */
export function taskNamed(name: string): Task {
  const ops = opNames();
  const suites = suitesOf(ops);
  const whole = suites.find((suite) => suite.name === name);
  if (whole) return { name, suite: whole, ops: whole.ops };
  const suite = suites.find((one) => one.ops.includes(name));
  if (suite) return { name, suite, ops: [name] };
  const known = [...new Set([...suites.map((one) => one.name), ...ops])];
  throw new NfoldError(`There is no task '${name}'.`, 'unknown-name', {
    hint: `${didYouMean(name, known)}A task is a suite or an op: ${known.join(', ')}.`,
  });
}

/** The limits of what counts of a folder, in bytes and files; the build has the same for a source and a module. */
export const limits = { source: 2 ** 17, module: 2 ** 20, common: 100, total: 2 ** 21 } as const;

/** `kernels/sgemm/attempt.ts` */
export const attemptFile = (op: string, kind: (typeof kinds)[number] = 'ts') => `kernels/${op}/attempt.${kind}`;

/** Whether a file of a folder counts, by its path. */
export const isCounted = (path: string, ops: readonly string[]): boolean =>
  /^kernels\/common\/[^/]+$/.test(path) || ops.some((op) => kinds.some((kind) => path === attemptFile(op, kind)));

/** Some dozen sentences about files, and how many more there are. */
export function someOf(sentences: readonly string[], what: string, max = 12): string[] {
  const more = sentences.length - max;
  return [...sentences.slice(0, max), ...(more > 0 ? [`${counted(more, 'more file')} ${what}`] : [])];
}
