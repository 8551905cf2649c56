/** The input of analysis: the ops of a run with their samples, as plain values. */
import type { Parameters } from '../contract/candidate.ts';
import type { AnyOp, Case } from '../contract/op.ts';
import type { Unseen } from '../judge/unseen.ts';
import type { Ceilings } from '../machine/ceilings.ts';
import type { Result } from '../records/schema.ts';
import { type Sampled, typicalNs } from '../stats/samples.ts';
import { leftOut } from '../stats/speedup.ts';
import type { Watched } from '../stopwatch/request.ts';

/** A candidate or peer, built or not. */
export interface TimedVariant extends Pick<Result, 'peer' | 'threads' | 'tier' | 'hash' | 'verdict'> {
  readonly id: string;
  readonly flags: readonly string[];
  /** Why the verdict is not `pass`. */
  readonly message: string | null;
  /** Largest error as a share of its bound; null if it did not pass. */
  readonly worst: number | null;
  /** The generator's parameters by the name of the case. */
  readonly parameters: ReadonlyMap<string, Parameters>;
}

/** One op of a suite; the mean is taken over `meanCases`. */
export interface TimedOp {
  readonly suite: { readonly name: string; readonly ops: readonly string[] };
  readonly op: AnyOp;
  readonly baseline: { readonly id: string; readonly hash: string };
  readonly cases: readonly Case[];
  readonly meanCases: readonly Case[];
  /** Shapes that were timed beside the cases: see unseen.ts. */
  readonly unseen?: readonly Unseen[];
  readonly variants: readonly TimedVariant[];
  readonly samples: readonly Sampled[];
  /** Null before the first round. */
  readonly watched: Watched | null;
  /** The machine's, beside the rounds; null where they could not be measured. */
  readonly ceilings: Ceilings | null;
}

/** Each variant at each case, with its typical time and the calls that the statistics leave out. */
export function everyCase(ops: readonly TimedOp[]) {
  return ops.flatMap(({ op, baseline, variants, cases, samples }) =>
    cases.flatMap((c) =>
      variants.map((variant) => {
        const name = op.caseName(c);
        const left = leftOut(samples, baseline.id, variant.id, name);
        return { op, variant, name, left, timeNs: typicalNs(samples, variant.id, name) };
      }),
    ),
  );
}

export const namesOf = ({ op }: TimedOp, cases: readonly Case[]) => cases.map((c) => op.caseName(c));
