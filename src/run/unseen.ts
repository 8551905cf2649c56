/** The unseen shapes of a run: drawn for an op, and tried out where its author has not vouched for them. */
import { isOwn } from '../catalog/ops.ts';
import { NfoldError } from '../contract/errors.ts';
import type { AnyOp, Case } from '../contract/op.ts';
import { counted } from '../contract/words.ts';
import { planChecks } from '../judge/plan.ts';
import { type Unseen, unseenCases } from '../judge/unseen.ts';
import { isStanding, pending, verdictText } from '../judge/verdict.ts';
import { verify } from '../judge/verify.ts';
import type { Effort } from '../stopwatch/effort.ts';
import type { RunOptions } from './outcome.ts';
import type { Prepared } from './prepare.ts';

export interface UnseenWanted {
  readonly count: number;
  /** Takes a sentence if there are fewer, and why. */
  readonly note: (sentence: string) => void;
}

interface Drawing extends UnseenWanted {
  /** The timed cases that the shapes are to be near. */
  readonly cases: readonly Case[];
  readonly options: RunOptions;
}

export async function drawUnseen(prepared: Prepared, { cases, options, count, note }: Drawing): Promise<Unseen[]> {
  const { op } = prepared;
  const found = unseenCases(op, options.seed, cases, count);
  if (found.length < count) {
    const few = found.length === 0 ? 'no unseen shape' : `${counted(found.length, 'unseen shape')} instead of ${count}`;
    note(`${op.name}: ${few}, as its cases and drawCase leave no other shape near the timed ones`);
  }
  const why = isOwn(op.name) && found.length > 0 ? await faultOf(prepared, found, options) : null;
  if (why === null) return found;
  note(`${op.name}: no unseen shape, as its dims cannot be varied: ${why}`);
  return [];
}

/** What the user's op, oracle or baseline says of the shapes, if anything. */
async function faultOf(prepared: Prepared, unseen: readonly Unseen[], options: RunOptions): Promise<string | null> {
  const { op, baseline } = prepared;
  const cases = unseen.map((one) => one.case);
  const extent = { seed: options.seed, repeats: 1, timedShapes: true };
  const checks = planChecks({ ...op, cases }, cases, extent);
  const onProgress = () => options.onProgress({ op: op.name, stage: 'trying unseen shapes' });
  try {
    const verdicts = await verify({ ...options, ...prepared, variants: [baseline], checks, onProgress });
    const verdict = verdicts.get(baseline.id) ?? pending;
    return isStanding(verdict) ? null : verdictText(verdict);
  } catch (error) {
    if (options.signal.aborted || !(error instanceof NfoldError)) throw error;
    return error.sentence.replace(/\.$/, '');
  }
}

/** The effort, with the time limit of `all` cases instead of `some`. */
export function withTimeFor(op: AnyOp, some: readonly Case[], all: readonly Case[], effort: Effort): Effort {
  const work = (cases: readonly Case[]) => cases.reduce((sum, { dims }) => sum + op.flop(dims), 0);
  return { ...effort, budgetS: (effort.budgetS * work(all)) / work(some) };
}
