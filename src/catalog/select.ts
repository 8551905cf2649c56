/** Selectors to candidates: an id, an op, a suite, a glob over ids, or a path. */
import { resolve } from 'node:path';
import { distance } from 'fastest-levenshtein';
import { suites } from '../../bench/suites.ts';
import { type ErrorCode, NfoldError } from '../contract/errors.ts';
import type { AnyOp, Case } from '../contract/op.ts';
import { absent, look, oddityOf } from '../files/given.ts';
import { placeOf, shown } from '../files/places.ts';
import {
  type CandidateFile,
  type Catalog,
  ending,
  identify,
  isOddOp,
  isSame,
  type Problem,
  renameOne,
  told,
} from './candidates.ts';
import { matching } from './glob.ts';

/** Candidates, and the files in the selected folders that are none. */
export type Selection = Omit<Catalog, 'ops'>;

/** Without selectors, all. Throws NfoldError if a selector matches nothing, with the nearest name. */
export function select(selectors: readonly string[], catalog: Catalog): Selection {
  if (selectors.length === 0) return catalog;
  const candidates = new Map<string, CandidateFile>();
  const problems = new Set<Problem>();
  for (const selector of selectors.flatMap(expandSuite)) {
    const found = selectOne(selector, catalog);
    for (const candidate of found.candidates) {
      const other = candidates.get(candidate.id) ?? candidate;
      const both = `${shown(other.file)} and ${shown(candidate.file)}`;
      if (other !== candidate && !isSame(other, candidate))
        throw new NfoldError(`${both} are both called ${candidate.id}: rename one of the two.`, 'ambiguous-name');
      candidates.set(candidate.id, other);
    }
    for (const problem of found.problems) problems.add(problem);
  }
  return { candidates: [...candidates.values()], problems: [...problems] };
}

/** The ops of a suite; any other selector as it is. */
const expandSuite = (selector: string): readonly string[] =>
  suites.find(({ name }) => name === selector)?.ops ?? [selector];

function selectOne(selector: string, catalog: Catalog): Selection {
  // No id ends like this, and as a glob the path may match other files.
  if (ending.test(selector)) return byPath(selector, catalog);
  const namesakes = catalog.problems.flatMap(({ namesake }) => namesake ?? []);
  const ids = [...catalog.candidates, ...namesakes].map(({ id }) => id);
  const isName = catalog.ops.includes(selector) || ids.includes(selector);
  const there = look(selector);
  // A file comes before globs: its path may hold * and [.
  if (!isName && typeof there !== 'string' && there.isFile()) return byPath(selector, catalog);
  const matches = matcherFor(selector, ids);
  const [namesake, ...others] = namesakes.filter(({ id, op }) => matches(id, op));
  if (namesake) {
    const { id } = namesake;
    const files = [namesake, ...others.filter((other) => other.id === id)].map(({ file }) => shown(file));
    throw new NfoldError(
      `${id} is the name of ${files.length} files, ${files.join(' and ')}: ${renameOne}.`,
      'ambiguous-name',
    );
  }
  const candidates = catalog.candidates.filter(({ id, op }) => matches(id, op));
  const problems = catalog.problems.filter((one) => one.op === selector || isOddOp(one, selector));
  if (candidates.length > 0 || isName) return { candidates, problems };
  const odd = catalog.problems.find((one) => isOddOp(one, selector.split('/', 1)[0]));
  if (odd) throw new NfoldError(`${told(odd)}.`);
  if (typeof there !== 'string' || /^\.{0,2}\//.test(selector)) return byPath(selector, catalog);
  const names = [...suites.map(({ name }) => name), ...catalog.ops, ...catalog.candidates.map(({ id }) => id)];
  throw new NfoldError(`Nothing is called or matches '${selector}'.`, 'unknown-name', {
    hint: `${didYouMean(selector, names)}'nfold list' shows what there is.`,
  });
}

/** Tells whether a selector means a candidate, by its id and op, even if it has no file. A glob matches among `ids`. */
export function matcherFor(selector: string, ids: readonly string[]): (id: string, op: string | null) => boolean {
  const names = expandSuite(selector);
  const globbed = new Set(matching(selector, ids));
  return (id, op) => names.includes(id) || (op !== null && names.includes(op)) || globbed.has(id);
}

function byPath(selector: string, catalog: Catalog): Selection {
  const file = resolve(placeOf(selector));
  const there = look(file);
  const refused = (message: string, code: ErrorCode = 'no-file') =>
    new NfoldError(message, code, { file: shown(file) });
  if (there === absent) throw refused(`There is no file ${selector}.`);
  if (typeof there !== 'string' && there.isDirectory())
    throw refused(`${selector} is a folder: give a file in it, an op, a candidate or a glob.`);
  const trouble = typeof there === 'string' ? there : oddityOf(there);
  if (trouble !== null) throw refused(`${shown(file)} ${trouble}: give the file of a candidate.`);
  const found = identify(file, catalog.ops);
  if (found === null) throw refused(`${shown(file)} is not a candidate: it belongs to no op.`, 'misplaced');
  if ('message' in found) throw refused(`${shown(file)}: ${found.message}.`, 'misplaced');
  return { candidates: [catalog.candidates.find((known) => isSame(known, found)) ?? found], problems: [] };
}

/** The cases that a `--case` filter selects: for each alternative, the case of that name, or else all that match or contain it. */
export function selectCases(op: AnyOp, cases: readonly Case[], filter: string | undefined): readonly Case[] {
  if (filter === undefined) return cases;
  const names = cases.map((c) => op.caseName(c));
  const wanted = alternatives(filter).flatMap((one) =>
    names.includes(one) ? [one] : [...matching(one, names), ...names.filter((name) => name.includes(one))],
  );
  return cases.filter((_, i) => wanted.includes(names[i]));
}

/** `A|B` means A or B; within parentheses the bar belongs to the glob. */
export function alternatives(filter: string): readonly string[] {
  return filter.split(/\|(?![^(]*\))/).filter((one) => one !== '');
}

/** A sentence with the nearest name, and a space; empty if none is near. */
export function didYouMean(word: string, names: readonly string[]): string {
  const containing = names.find((name) => name.includes(word));
  const ranked = names
    .flatMap((name) => [name, name.slice(name.indexOf('/') + 1)].map((text) => ({ name, far: distance(word, text) })))
    .sort((a, b) => a.far - b.far);
  const near = ranked[0]?.far <= Math.max(2, word.length / 3) ? ranked[0].name : undefined;
  const guess = near ?? containing;
  return guess ? `Did you mean '${guess}'? ` : '';
}
