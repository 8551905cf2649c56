/** The checks of a verification: which shapes, in which distributions, how often. */
import { type AnyOp, bySize, type Case } from '../contract/op.ts';
import { makeRng, type Seed } from '../contract/rng.ts';
import { deriveSeed } from './seed.ts';

export interface Check {
  readonly case: Case;
  readonly distribution: string;
  readonly repeat: number;
  /** With scalars drawn from the seed instead of the case's. */
  readonly varied?: boolean;
  /** A short training run instead of single calls. */
  readonly trajectory?: boolean;
}

/** Shapes that no candidate can foresee: they follow from the seed, which is committed to before the run. */
export function drawnCases(op: AnyOp, seed: Seed, count = 6): readonly Case[] {
  const rng = makeRng(deriveSeed(seed, op.name, 'shapes'));
  return op.drawCase ? Array.from({ length: count }, () => op.drawCase?.(rng) as Case) : [];
}

/**
 * The checks of a list of cases:
 *
 *   edges, drawn shapes   every distribution, `repeats` times
 *   timed shapes          the exact distribution, or if the op has none, all that they are not timed in, since a kernel may treat
 *                         large shapes differently; with `timedShapes`, the distribution that they are timed in as well
 *   with other scalars    timed shapes once, in the last distribution, if the op can vary them
 *
 * For an op that carries state, timed shapes except the smallest are checked with other scalars only, and short training runs are added:
 * on the last two edges, and with `timedShapes` on the smallest timed shape.
 */
export function planChecks(op: AnyOp, cases: readonly Case[], repeats: number, timedShapes: boolean): Check[] {
  const isTimed = (c: Case) => op.cases.includes(c);
  const [smallest] = bySize(op, op.cases);
  const [usual, ...others] = op.distributions;
  const last = op.distributions[op.distributions.length - 1];
  const single = cases.flatMap((c): Check[] => {
    const checks = (distributions: readonly string[], times: number) =>
      distributions.flatMap((distribution) =>
        Array.from({ length: times }, (_, repeat) => ({ case: c, distribution, repeat })),
      );
    if (!isTimed(c)) return checks(op.distributions, repeats);
    const isLarge = op.carries !== undefined && c !== smallest;
    const hard = op.exact !== undefined ? [op.exact] : isLarge ? [] : others;
    const varied = op.vary !== undefined && (timedShapes || !isLarge);
    const own = timedShapes && !(isLarge && varied) ? [usual, ...hard] : hard;
    return [...checks(own, 1), ...(varied ? [{ case: c, distribution: last, repeat: 1, varied }] : [])];
  });
  if (!op.carries) return single;
  const small = cases.filter((c) => !isTimed(c)).slice(-2);
  const large = timedShapes ? bySize(op, cases.filter(isTimed)).slice(0, 1) : [];
  const runs = [...small, ...large].map((c) => ({ case: c, distribution: 'init', repeat: 0, trajectory: true }));
  return [...single, ...runs];
}
