/**
 * What the wrong checks of a candidate share, in words: the first of a list of plain predicates, or of pairs of them, that holds for every
 * wrong check and for no right one. It is a statement on the checks that were made, and no guess at the cause.
 */
import type { AnyOp, Case } from '../contract/op.ts';
import { counted } from '../contract/words.ts';
import { isFlag, isSize, paddedBy, tiles } from './dims.ts';

/** One check of a candidate. */
export interface Seen {
  /** The name of its case, the case with the scalars that it had, and the distribution of its inputs. */
  readonly name: string;
  readonly case: Case;
  readonly distribution: string;
  /** Of a candidate that can use any number. */
  readonly threads?: number;
  readonly wrong: boolean;
}

/** The checks of a candidate that failed one. */
export interface Spread {
  readonly wrong: number;
  readonly of: number;
  /** The cases with a wrong check, and all that were checked. */
  readonly wrongCases: number;
  readonly cases: number;
  /** What is wrong, without exception and with nothing else: `the checks with K % 4 ≠ 0`. Null if nothing was found. */
  readonly shared: string | null;
  /** Checks that were not made, and why. */
  readonly left: number;
  readonly stopped: string | null;
}

export function spreadOf(op: AnyOp, seen: readonly Seen[], rest: Pick<Spread, 'left' | 'stopped'>): Spread {
  const wrong = seen.filter((one) => one.wrong);
  const wrongNames = new Set(wrong.map(({ name }) => name));
  const cases = [...Map.groupBy(seen, ({ name }) => name).values()];
  const shared = wrong.length === seen.length ? null : sharedBy(op, seen, cases, [...wrongNames]);
  return { wrong: wrong.length, of: seen.length, wrongCases: wrongNames.size, cases: cases.length, shared, ...rest };
}

/** `120 of 214 checks are wrong, in 20 of 36 cases: exactly the checks with N % 4 ≠ 0`. */
export function spreadText({ wrong, of, wrongCases, cases, shared, left, stopped }: Spread): string {
  const where = wrongCases === cases ? 'in every case' : `in ${wrongCases} of ${counted(cases, 'case')}`;
  const count = wrong === of ? `all ${of} checks are wrong` : `${wrong} of ${of} checks are wrong, ${where}`;
  const rest = left === 0 ? '' : `; ${counted(left, 'check')} were not made: ${stopped}`;
  return `${count}${shared === null ? '' : `: exactly ${shared}`}${rest}`;
}

function sharedBy(op: AnyOp, seen: readonly Seen[], cases: readonly Seen[][], wrongNames: readonly string[]) {
  const isWhole = seen.every(({ name, wrong }) => wrong === wrongNames.includes(name));
  if (wrongNames.length === 1 && isWhole && cases.length > 1) return `the case ${wrongNames[0]}`;
  const found = separating(predicatesOf(op, seen), seen);
  if (found !== null) return `the checks with ${found}`;
  if (isWhole || wrongNames.length === cases.length) return null;
  // Some inputs of a case may hide an error: a product with 0 is right by chance.
  const worst = cases.map((checks) => checks.find(({ wrong }) => wrong) ?? checks[0]);
  const shapes = separating(predicatesOf(op, worst), worst);
  return shapes === null ? null : `the cases with ${shapes}`;
}

/** `K % 4 ≠ 0` is about `K` and has the form `% 4 ≠ 0`. */
interface Predicate {
  readonly about: string;
  readonly form: string;
  readonly holds: (seen: Seen) => boolean;
}

/** Fewer cases of a kind than this can be told apart by some pair of predicates, whatever they are. */
const enough = 3;

/** The words of the simplest predicate that separates wrong from right: a single one, `a and b`, or `a or b`. */
function separating(all: readonly Predicate[], seen: readonly Seen[]): string | null {
  const [wrong, right] = [true, false].map((is) => seen.filter((one) => one.wrong === is));
  const holding = all.filter(({ holds }) => wrong.every(holds));
  const excluding = all.filter(({ holds }) => !right.some(holds));
  const singles = holding.filter((one) => excluding.includes(one));
  const single = inWords(singles.map((one) => ({ form: one.form, text: textOf(one) })));
  if (single || [wrong, right].some((some) => new Set(some.map(({ name }) => name)).size < enough)) return single;
  return (
    inWords(pairs(holding, 'and', (a, b) => !right.some((one) => a.holds(one) && b.holds(one)))) ??
    inWords(pairs(excluding, 'or', (a, b) => wrong.every((one) => a.holds(one) || b.holds(one))))
  );
}

type Found = Pick<Predicate, 'form'> & { readonly text: string };

function pairs(some: readonly Predicate[], word: string, fit: (a: Predicate, b: Predicate) => boolean): Found[] {
  return some.flatMap((a, i) =>
    some
      .slice(i + 1)
      .filter((b) => fit(a, b))
      .map((b) => ({ form: `${a.form} ${word} ${b.form}`, text: `${textOf(a)} ${word} ${textOf(b)}` })),
  );
}

const textOf = ({ about, form }: Predicate) => `${about} ${form}`;

/** The first, and up to two that say the same of other dims: the checks do not tell which of them it is. */
function inWords([first, ...others]: readonly Found[]): string | null {
  if (first === undefined) return null;
  const alike = others.filter(({ form }) => form === first.form).slice(0, 2);
  return [first, ...alike].map(({ text }) => text).join(', which here is the same as ');
}

const signs = {
  '=': (a: unknown, b: unknown) => a === b,
  '≠': (a: unknown, b: unknown) => a !== b,
  '>': (a: unknown, b: unknown) => Number(a) > Number(b),
  '≤': (a: unknown, b: unknown) => Number(a) <= Number(b),
};

/** A side of a comparison. */
interface Term {
  readonly name: string;
  readonly of: (seen: Seen) => number | string;
}

const constant = (value: number | string): Term => ({ name: `${value}`, of: () => value });

/** The left side against each on the right. */
function compared(left: Term, are: readonly (keyof typeof signs)[], right: readonly Term[], rest = ''): Predicate[] {
  return right.flatMap((other) =>
    are.map((sign) => {
      const holds: Predicate['holds'] = (seen) => signs[sign](left.of(seen), other.of(seen));
      return { about: left.name, form: `${rest}${sign} ${other.name}`, holds };
    }),
  );
}

const bounds = [1, 2, 3, 4, 6, 8, 12, 16, 32, 64, 128, 256, 512, 1024];

/** The simple ones first. */
function predicatesOf(op: AnyOp, seen: readonly Seen[]): Predicate[] {
  const dim = (name: string): Term => ({ name, of: (one) => one.case.dims[name] });
  const sizes: Term[] = op.dims.filter((name: string) => isSize(op, name)).map(dim);
  const flags: Term[] = op.dims.filter((name: string) => isFlag(op, name)).map(dim);
  const scalars = op.scalars.map((name: string): Term => ({ name, of: (one) => one.case.scalars[name] }));
  const inputs: Term = { name: 'inputs', of: ({ distribution }) => distribution };
  const threads: Term = { name: 'threads', of: (one) => one.threads ?? 0 };
  const odd: Term = { name: 'threads', of: (one) => (one.threads ?? 0) % 2 };
  const work: Term = { name: 'flop', of: (one) => op.flop(one.case.dims) };
  // The only bound that can separate by itself.
  const ends = ({ of }: Term) =>
    [true, false].map((is) => Math.max(0, ...seen.flatMap((one) => (one.wrong === is ? Number(of(one)) : []))));
  const numbers = [...flags, ...scalars, ...sizes];
  const bits = [0, 1].map(constant);
  return [
    ...numbers.flatMap((number) => compared(number, ['='], bits)),
    ...numbers.flatMap((number) => compared(number, ['≠'], bits)),
    ...compared(threads, ['=', '>'], [constant(1)]),
    ...compared(odd, ['='], bits.toReversed(), '% 2 '),
    ...compared(inputs, ['=', '≠'], [...new Set(seen.map(inputs.of))].map(constant)),
    ...op.dims.flatMap((name: string) => compared(dim(name), ['≠', '='], [paddedBy(op, name) ?? []].flat().map(dim))),
    ...tiles.flatMap((tile) =>
      sizes.flatMap(({ name, of }) =>
        compared({ name, of: (one) => Number(of(one)) % tile }, ['≠', '='], [constant(0)], `% ${tile} `),
      ),
    ),
    ...sizes.flatMap((size) => compared(size, ['>', '≤'], [...new Set([...bounds, ...ends(size)])].map(constant))),
    ...compared(work, ['>', '≤'], ends(work).map(constant)),
    ...scalars.flatMap((scalar: Term) => compared(scalar, ['>', '≤'], [constant(0)])),
    ...sizes.flatMap((size, i) => compared(size, ['=', '≠', '>', '≤'], sizes.slice(i + 1))),
  ];
}
