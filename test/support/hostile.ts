/** A record that somebody else sends: one of nfold's own with a value put anywhere in it. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll } from 'vitest';
import { packageRoot } from '../../src/files/places.ts';
import { example as ceilings } from './ceilings.ts';
import { nfold, type Outcome } from './command.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A small one, with every kind of row: of nfold's published records, two candidates and two cases of an op. */
export function small(): { [key: string]: Json } {
  const whole = JSON.parse(readFileSync(join(packageRoot, 'bench/records/20261125-182802-4545.json'), 'utf8'));
  const rows = (name: string, count: number) => whole[name].slice(0, count);
  const counts = { candidates: 4, results: 4, means: 4, samples: 12, warnings: 2, discards: 2 };
  for (const [name, count] of Object.entries(counts)) whole[name] = rows(name, count);
  const [first, other] = whole.candidates;
  const ratio = { value: 1.1, low: 0.9, high: 1.3 };
  const judged = { ratio, comparison: 'inconclusive', noiseFloor: 0.01, rounds: 3, moreRounds: 9, withheld: null };
  whole.pairs = [{ op: first.op, first: first.candidate, candidate: other.candidate, case: null, ...judged }];
  const kept = whole.candidates
    .flatMap(({ sources = [] }) => sources)
    .concat(...whole.baselines.map((b: { sources: Json[] }) => b.sources));
  whole.ceilings = [JSON.parse(JSON.stringify({ ...ceilings, ops: [first.op] }))];
  const hashes = new Set(kept.map(({ hash }: { hash: string }) => hash));
  whole.texts = Object.fromEntries(Object.entries(whole.texts).filter(([hash]) => hashes.has(hash)));
  return whole;
}

/** The paths of all values, of lists only the first items. */
export function pathsIn(value: Json, path: readonly string[] = []): string[][] {
  const inside =
    value === null || typeof value !== 'object'
      ? []
      : Object.keys(value).slice(0, Array.isArray(value) ? 3 : undefined);
  return [[...path], ...inside.flatMap((key) => pathsIn((value as { [key: string]: Json })[key], [...path, key]))];
}

export function withValue(record: Json, path: readonly string[], put: Json): Json {
  const [key, ...rest] = path;
  if (key === undefined) return put;
  const copy = Array.isArray(record) ? [...record] : { ...(record as { [key: string]: Json }) };
  const changed = withValue((copy as { [key: string]: Json })[key], rest, put);
  Object.defineProperty(copy, key, { value: changed, enumerable: true, writable: true, configurable: true });
  return copy;
}

/** Sequences that a terminal acts on, in 7 and 8 bits, and characters that hide or reorder text. */
export const escapes =
  '\x1b[2J\x1b]0;owned\x07\x9b31m\x1b[1A\x1b[2K\r\n\u202ereversed\u2066\u200b\u2028\u2029\ud800\x7f\x00';
export const raw = /[^\P{Cc}\n\t]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

const deep = Array.from({ length: 5000 }).reduce<Json>((inner) => [inner], []);
const odd: readonly Json[] = [
  null,
  true,
  0,
  -1,
  0.5,
  1e308,
  -1e308,
  1e15,
  2 ** 53,
  5e-324,
  '',
  escapes,
  'constructor',
  '__proto__',
  'toString',
  'x'.repeat(20_000),
  'not a date',
  '9999-99-99T99:99:99Z',
  '2026-02-30T00:00:00.000Z',
  [],
  {},
  { toString: 1 },
  { constructor: 'x' },
  { ['__proto__']: { polluted: true } },
  { low: 2, value: 1, high: 0 },
  { value: 1e15, low: -1e308, high: 1e308 },
  deep,
  'nfold/record@1',
  'nfold/record@2',
  'nfold/record@99',
];

/** A path of the record, and what is put there. */
export const change = (record: Json) =>
  fc.record({
    path: fc.constantFrom(...pathsIn(record)),
    put: fc.oneof(fc.constantFrom(...odd), fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>),
  });

export const commands = (file: string, other: string): readonly (readonly string[])[] => [
  ['show', file],
  ['show', file, '--json'],
  ['show', file, '--reporter', 'markdown'],
  ['show', file, '--reporter', 'csv'],
  ['show', file, '--reporter', 'bmf'],
  ['compare', file, other, '--force', '--diff'],
  ['compare', other, file, '--force', '--reporter', 'markdown'],
  ['compare', file, file, '--across-machines', '--fail-below', '0.9'],
  ['report', file, other, '-o', '-'],
  ['report', file, '--figure', 'all', '-o', '-'],
  ['history', 'train_gpt2/*'],
  ['history', '*', '--case', '*'],
  ['best'],
  ['list', 'train_gpt2', '--json'],
];

/** A folder with a place for one record, `file`; `other` is a fine one, the record `fine`. It goes with the tests of the file that asks. */
export function elsewhere() {
  const folder = mkdtempSync(join(tmpdir(), 'nfold-hostile-'));
  const [file, other] = ['.nfold/records/20261125-182802-4545.json', 'other.json'];
  const fine = small();
  const put = (name: string, text: string) => writeFileSync(join(folder, name), text);
  mkdirSync(join(folder, '.nfold/records'), { recursive: true });
  put(other, JSON.stringify(fine));
  afterAll(() => rmSync(folder, { recursive: true }));
  return { folder, file, other, fine, put };
}

/** What is wrong with how a command took it; null if nothing is. */
export function fault(args: readonly string[], { code, stdout, stderr }: Outcome): string | null {
  const said = `${args.join(' ')}: code ${code}, ${stderr.slice(0, 500)}`;
  if (/unexpected|not foreseen/.test(stderr + (args.includes('--json') ? '' : stdout.slice(0, 1000)))) return said;
  if (![0, 1, 2, 3].includes(code ?? -1)) return said;
  const found = raw.exec(stdout.replaceAll('\r\n', '\n')) ?? raw.exec(stderr);
  return found ? `${said}: it prints ${JSON.stringify(found[0])}` : null;
}

export async function run(args: readonly string[], cwd: string): Promise<string | null> {
  return fault(args, await nfold(args, { cwd }));
}
