/** The checks of a verification: which shapes, in which distributions, under which scalars, on how many threads. */
import { type AnyOp, bySize, bytesMoved, type Case } from '../contract/op.ts';
import { makeRng, type Rng, type Seed } from '../contract/rng.ts';
import { deriveSeed } from './seed.ts';

export interface Check {
  /** The check is found again by this case's name. */
  readonly case: Case;
  readonly distribution: string;
  /** Tells the checks of a case apart. */
  readonly repeat: number;
  /** The same work under scalars and strides that were drawn, where it is not under the case's own. */
  readonly varied?: Case;
  /** Threads of a variant that can use any number, where it does not get those of the run. */
  readonly threads?: number;
  /** A short training run instead of single calls. */
  readonly trajectory?: boolean;
}

export interface Extent {
  readonly seed: Seed;
  /** How often a case that is not timed is checked in each distribution. */
  readonly repeats: number;
  /** Whether timed shapes are checked in the distribution that they are timed in as well. */
  readonly timedShapes: boolean;
}

/** The classes of an op that names none. */
const anySizes: readonly string[] = Array(6).fill('any');

/** Shapes that no candidate can foresee, one of each class: they follow from the seed, which is committed to before the run. */
export function drawnCases(op: AnyOp, seed: Seed): readonly Case[] {
  const draw = (size: string, i: number) =>
    op.drawCase?.(makeRng(deriveSeed(seed, op.name, 'shapes', i)), size) as Case;
  return op.drawCase ? (op.sizeClasses ?? anySizes).map(draw) : [];
}

/**
 * A drawn shape that keeps the parent busy for a tenth of a second, by its flop and bytes, is not checked in every distribution. One that
 * carries state is: no timed shape as large is.
 */
const isCostly = (op: AnyOp, { dims }: Case): boolean => !op.carries && op.flop(dims) + 20 * bytesMoved(op, dims) > 1e8;

/**
 * The checks of a list of cases:
 *
 *   edges, drawn shapes   every distribution; a costly shape: the exact one, if there is one, and one that is drawn
 *   timed shapes          the exact distribution, or if the op has none, all that they are not timed in, since a kernel may treat
 *                         large shapes differently; with `timedShapes`, the distribution that they are timed in as well
 *   variations            those that are drawn (`vary`): of edges the first, of drawn shapes two, of a costly timed shape one, of the others
 *                         all, which shapes with equal flop share out; exact, or in one distribution after another
 *   repeats               every distribution again, under variations
 *
 * For an op that carries state, timed shapes except the smallest are checked under variations alone, and these only with `timedShapes`.
 * Short training runs are added: on the last two edges, and with `timedShapes` on the smallest timed shape.
 *
 * What is drawn for a case follows from the seed and its name, and a larger extent only adds checks, so that each can be found again.
 */
export function planChecks(op: AnyOp, cases: readonly Case[], extent: Extent): Check[] {
  const isTimed = (c: Case) => op.cases.includes(c);
  const single = cases.flatMap((c) => {
    const rng = makeRng(deriveSeed(extent.seed, op.name, op.caseName(c), 'checks'));
    const threads = threadsInTurn(rng.fork());
    const alike = isTimed(c) ? cases.filter((one) => isTimed(one) && op.flop(one.dims) === op.flop(c.dims)) : [c];
    const own = alike.indexOf(c);
    return checksOf(op, c, extent, rng).flatMap(({ variation, ...one }, i): Check[] => {
      const check = { case: c, ...one, repeat: i, threads: threads(i) };
      return variation === undefined || isDealt(variation, own, alike.length) ? [check] : [];
    });
  });
  if (!op.carries) return single;
  const small = cases.filter((c) => !isTimed(c)).slice(-2);
  const large = extent.timedShapes ? bySize(op, cases.filter(isTimed)).slice(0, 1) : [];
  const runs = [...small, ...large].map((c) => ({ case: c, distribution: 'init', repeat: 0, trajectory: true }));
  return [...single, ...runs];
}

/** Every other check has the threads of the run, and the others in turn have one, and a number that is drawn, mostly an odd one. */
function threadsInTurn(rng: Rng): (i: number) => number | undefined {
  const first = rng.int(0, 3);
  const kinds = [() => undefined, () => 1, () => undefined, () => [3, 5, 7, 3, 5, 2, 4, 8][rng.int(0, 7)]];
  return (i) => kinds[(first + i) % kinds.length]();
}

/** `variation`: its number, if shapes share them out. */
type Unnumbered = Pick<Check, 'distribution' | 'varied'> & { readonly variation?: Numbered };
type Numbered = readonly [number: number, of: number];

/** Whether one of several shapes gets a variation: each gets one at least, and none is left out. */
const isDealt = ([i, of]: Numbered, own: number, shapes: number): boolean =>
  i % shapes === own || (own >= of && i === own % of);

function checksOf(op: AnyOp, c: Case, { seed, repeats, timedShapes }: Extent, rng: Rng): Unnumbered[] {
  const [usual, ...others] = op.distributions;
  const plain = (distribution: string): Unnumbered => ({ distribution });
  const exact = op.exact === undefined ? [] : [op.exact];
  const hard = op.exact === undefined ? others : exact;
  const number = op.cases.indexOf(c);
  const isTimed = number >= 0;
  const isState = op.carries !== undefined && isTimed && c !== bySize(op, op.cases)[0];
  // Large states by turns, so that each distribution occurs at some of them.
  const turn = isState ? makeRng(deriveSeed(seed, op.name, 'turn')).int(0, 99) + number : rng.int(0, 99);
  const all = op.vary?.(c, rng.fork()) ?? [];
  const few = op.edges.includes(c) ? all.slice(0, 1) : chosen(all, isTimed ? 1 : 2, rng.fork());
  const some = isTimed && !isCostly(op, c) ? all : few;
  const variations = isState && !timedShapes ? [] : some;
  const varied = variations.map((one, i): Unnumbered => {
    return {
      distribution: hard[(turn + i) % hard.length] ?? usual,
      varied: one,
      ...(some === all && { variation: [i, all.length] as const }),
    };
  });
  if (isState) return varied;
  if (isTimed) return [...hard.map(plain), ...varied, ...(timedShapes && !c.extra ? [plain(usual)] : [])];
  const drawn = op.distributions[rng.int(0, op.distributions.length - 1)];
  const own = isCostly(op, c) ? [...new Set([...exact, drawn])] : op.distributions;
  const again = Array.from({ length: isCostly(op, c) ? 0 : repeats - 1 }, () => {
    const under = op.vary?.(c, rng.fork()) ?? [];
    return op.distributions.map((distribution, i): Unnumbered => ({ distribution, varied: under[i % under.length] }));
  });
  return [...own.map(plain), ...varied, ...again.flat()];
}

/** Some of the variations, from one that is drawn on. */
function chosen(all: readonly Case[], count: number, rng: Rng): readonly Case[] {
  const first = rng.int(0, Math.max(0, all.length - 1));
  return [...all.slice(first), ...all.slice(0, first)].slice(0, count);
}
