/**
 * Shapes near the timed ones that no kernel can know: they follow from the seed of the run, which is committed to before it. Each belongs to
 * one timed case, whose flags and scalars it has.
 *
 *   sizes     0.6 to 1.5 times those of the case; what is above 8 there becomes odd, every other time a prime
 *   strides   dims that no work depends on and that others never exceed; they keep their distance from the largest of those: lda = K + pad
 *   rules     whatever holds in all cases that the op declares, and in many that it draws, holds here: the range of each dim, a common
 *             divisor, x >= y, x a multiple of y. So C stays a multiple of NH, and V no smaller than a byte needs
 *   work      0.6 to 1.4 of the flop of the case, 0.5 to 2 of its bytes
 */
import { complaintAbout } from '../catalog/opShape.ts';
import { type AnyOp, bytesMoved, type Case } from '../contract/op.ts';
import { makeRng, type Rng, type Seed } from '../contract/rng.ts';
import { isFlag, isSize, maxUnseen } from './dims.ts';
import { shuffled } from './inputs.ts';
import { drawnCases } from './plan.ts';
import { deriveSeed } from './seed.ts';

export interface Unseen {
  readonly case: Case;
  /** The name of the timed case that it is near. */
  readonly near: string;
}

/** Up to `count` shapes, the timed cases taking turns; fewer, or none, where the rules leave no more. */
export function unseenCases(op: AnyOp, seed: Seed, timed: readonly Case[], count: number): Unseen[] {
  const order = shuffled(timed, makeRng(deriveSeed(seed, op.name, 'unseen')));
  const sources = order.map((c) => ({ near: op.caseName(c), shapes: shapesNear(op, seed, c) }));
  const found = new Map<string, Unseen>();
  for (let turn = 0; turn < maxUnseen; turn++) {
    for (const { near, shapes } of sources) {
      if (found.size === count) return [...found.values()];
      const { value: shape } = shapes.next();
      if (shape && !found.has(op.caseName(shape))) found.set(op.caseName(shape), { case: shape, near });
    }
  }
  return [...found.values()];
}

/** The shape of this name that a run with this seed can have, to repeat a check of it; none if there is no such one, or no name. */
export const unseenNamed = (op: AnyOp, seed: Seed, name: string | undefined): readonly Case[] =>
  name === undefined
    ? []
    : op.cases
        .flatMap((c: Case) => [...shapesNear(op, seed, c)])
        .filter((c) => op.caseName(c) === name)
        .slice(0, 1);

type Dims = Readonly<Record<string, number>>;

/** Seeds that the shapes are drawn from that rules are learned by; each gives one of each class. */
const lessons = 24;
/** Tries for a shape that keeps all rules. */
const maxTries = 3000;
/** A size up to this one may become any size, since its neighbours are few. */
const small = 8;

/** Up to `maxUnseen` different shapes near one case, none of which the op declares or draws in this run. */
function* shapesNear(op: AnyOp, seed: Seed, c: Case): Generator<Case, undefined> {
  const rng = makeRng(deriveSeed(seed, op.name, 'unseen', op.caseName(c)));
  const known = [...op.cases, ...op.edges, ...drawnCases(op, seed)];
  const names = new Set(known.map((one) => op.caseName(one)));
  const rules = rulesOf(op, known, c);
  for (let i = 0, found = 0; i < maxTries && found < maxUnseen; i++) {
    const shape: Case = { dims: drawNear(rules, c, rng), scalars: c.scalars };
    if (!isFit(op, rules, c, shape) || names.has(op.caseName(shape))) continue;
    names.add(op.caseName(shape));
    found++;
    yield shape;
  }
}

type Rules = ReturnType<typeof rulesOf>;

/** What holds among the dims wherever the flags are those of the case. */
function rulesOf(op: AnyOp, known: readonly Case[], { dims: own }: Case) {
  const drawn = Array.from({ length: lessons }, (_, i) => drawnCases(op, deriveSeed('rules', i))).flat();
  const [flags, free]: string[][] = [true, false].map((is) => op.dims.filter((dim: string) => isFlag(op, dim) === is));
  const seen = [...known, ...drawn].map(({ dims }) => dims).filter((d) => flags.every((flag) => d[flag] === own[flag]));
  const pairs = free.flatMap((x) => free.filter((y) => y !== x).map((y) => [x, y] as const));
  const always = (holds: (a: number, b: number) => boolean) =>
    pairs.filter(([x, y]) => seen.every((d) => holds(d[x], d[y])));
  const atLeast = always((a, b) => a >= b);
  const worked = free.filter((dim) => isSize(op, dim));
  const below = (dim: string) => atLeast.flatMap(([x, y]) => (x === dim && worked.includes(y) ? y : []));
  const strides = new Map(
    free.flatMap((dim) => (worked.includes(dim) || below(dim).length === 0 ? [] : [[dim, below(dim)]])),
  );
  const ranges = free.map((dim) => {
    const values = seen.map((d) => d[dim]);
    return [dim, { least: Math.min(...values), most: Math.max(...values), step: values.reduce(divisor, 0) }] as const;
  });
  return {
    sizes: free.filter((dim) => !strides.has(dim)),
    strides,
    ranges: new Map(ranges),
    atLeast,
    multiples: always((a, b) => b === 0 || a % b === 0),
  };
}

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));

function drawNear({ sizes, strides, ranges, multiples }: Rules, { dims }: Case, rng: Rng): Dims {
  const drawn: Record<string, number> = { ...dims };
  for (const dim of sizes) drawn[dim] = resized(dims[dim], ranges.get(dim) as Range, rng);
  for (const [x, y] of multiples)
    if (sizes.includes(x) && drawn[y] > 0) drawn[x] = drawn[y] * Math.max(1, Math.round(drawn[x] / drawn[y]));
  const largest = (of: Dims, inner: readonly string[]) => Math.max(...inner.map((dim) => of[dim]));
  for (const [dim, inner] of strides) drawn[dim] += largest(drawn, inner) - largest(dims, inner);
  return drawn;
}

interface Range {
  readonly least: number;
  readonly most: number;
  readonly step: number;
}

function resized(size: number, { least, most, step }: Range, rng: Rng): number {
  const lo = Math.max(least, Math.ceil(0.6 * size));
  const hi = Math.max(lo, Math.min(most, Math.max(size + 1, Math.floor(1.5 * size))));
  const drawn = rng.int(lo, hi);
  if (size <= small || step === 0) return drawn;
  let units = Math.round(drawn / step);
  units += 1 - (units % 2);
  if (rng.bits() & 1) while (!isPrime(units)) units += 2;
  return units * step;
}

function isPrime(n: number): boolean {
  for (let i = 2; i * i <= n; i++) if (n % i === 0) return false;
  return n > 1;
}

function isFit(op: AnyOp, { sizes, ranges, atLeast, multiples }: Rules, near: Case, shape: Case): boolean {
  const d = shape.dims;
  const inRange = [...ranges].every(([dim, { least, most, step }]) => {
    const isOdd = near.dims[dim] <= small || !sizes.includes(dim) || (d[dim] / step) % 2 === 1;
    return d[dim] >= least && d[dim] <= most && (d[dim] === 0 || d[dim] % step === 0) && isOdd;
  });
  const areRelated =
    atLeast.every(([x, y]) => d[x] >= d[y]) && multiples.every(([x, y]) => d[y] === 0 || d[x] % d[y] === 0);
  if (!inRange || !areRelated) return false;
  const isNear = (of: (dims: Dims) => number, least: number, most: number) =>
    of(d) >= least * of(near.dims) && of(d) <= most * of(near.dims);
  const tokens = ({ dims: { B, T } }: Case) => B * T;
  return (
    isNear(op.flop, 0.6, 1.4) &&
    isNear((dims) => bytesMoved(op, dims), 0.5, 2) &&
    // No text is known to be longer than the largest batch of the timed cases takes.
    (!op.needsText || tokens(shape) <= Math.max(...op.cases.map(tokens))) &&
    complaintAbout({ ...op, cases: [shape], edges: [] }, op.name) === null
  );
}
