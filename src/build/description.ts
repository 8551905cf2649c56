/** A candidate's metadata: from its default export, or from the head of a WAT or AssemblyScript file. */
import { z } from 'zod';
import type { Head, TextFile } from '../compiler/texts.ts';
import { allowedFlags } from '../contract/candidate.ts';
import { CandidateError, type Place } from '../contract/errors.ts';
import { plain } from '../contract/foreign.ts';
import { cachedJson } from './cache.ts';
import { evaluateBundle } from './evaluate.ts';
import type { Bundle } from './sources.ts';
import { findIn, findInComments } from './where.ts';

const maxAbout = 200;

/** A word that fits into a table. */
const Word = z.string().regex(/^[\w.-]+$/);
const Value = z.union([z.number(), Word]);
const Description = z.object({
  about: z.string().transform(plain).pipe(z.string().min(1).max(maxAbout)),
  source: z.string().transform(plain).optional(),
  flags: z.array(z.enum(allowedFlags as [string, ...string[]])).default([]),
  threads: z.enum(['one', 'any']).default('one'),
  tunable: z.record(Word, z.array(Value).min(1)).default({}),
  parameters: z.boolean().default(false),
});
export const ParameterValues = z.record(Word, Value);
export type Description = z.infer<typeof Description>;

/** The metadata of a default export, whose file is `source`. Its code has to run for that: once per content. */
export async function describe(
  source: TextFile,
  digest: string,
  bundle: Bundle,
  needs: 'setup' | 'generate',
): Promise<Description> {
  const raw = (await cachedJson(`${digest}.json`, () => evaluateBundle(bundle))) as Record<string, unknown>;
  const find = findIn([source]);
  if (raw[needs] === true)
    return parseDescription(raw, async (name) => {
      return (await find(new RegExp(`(?<![\\w.])${name}\\s*:`))) ?? find(exported);
    });
  const signature = needs === 'setup' ? 'setup(dims, arena)' : 'generate(dims)';
  const message = `should export default { about, ${signature} }, and has no function ${needs}`;
  throw new CandidateError(message, 'error', { place: await find(exported) });
}

const exported = /\bexport\s+default\b/;

/** `@about`, `@threads`, `@flags`, `@source` at the head of a file. */
export function headComment(source: TextFile, { tags }: Head): Promise<Description> {
  const { about, source: origin, flags, threads } = tags;
  const find = findInComments(source);
  return parseDescription({ about, source: origin, flags: flags?.split(/\s+/), threads }, (name) =>
    find(new RegExp(`@${name}\\b`), /^/),
  );
}

/** Throws CandidateError, which names the first mistake and what is expected. `find` looks for the place of a name. */
async function parseDescription(raw: unknown, find: (name: string) => Promise<Place | null>): Promise<Description> {
  const result = Description.safeParse(raw, { reportInput: true });
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new CandidateError(complaint(issue), 'error', { place: await find(String(issue.path[0])) });
}

function complaint({ path, code, input }: z.core.$ZodIssue): string {
  const absent = input === undefined || input === '';
  switch (path[0]) {
    case 'about':
      if (absent) return 'needs a line that says its idea: about in the default export, or @about in the head comment';
      if (code === 'too_big') return `says its idea in ${String(input).length} characters: the limit is ${maxAbout}`;
      return 'should say its idea in words: about is no text';
    case 'source':
      return 'should say where its idea comes from in words: source is no text';
    case 'flags':
      if (path.length === 1) return 'should list its flags as an array of words';
      return `asks for a V8 flag other than ${allowedFlags.join(', ')}: ${String(input).slice(0, 80)}`;
    case 'threads':
      return `should say 'one' or 'any' for threads, and says ${JSON.stringify(input)?.slice(0, 80)}`;
    case 'tunable':
      if (path.length === 1) return 'should have an object as tunable, with an array of values for each parameter';
      if (code === 'invalid_key')
        return `has a parameter of an odd name in tunable: use letters, digits and any of _ . -`;
      if (code === 'too_small') return `lists no value for ${String(path[1])} in tunable`;
      return `should list numbers or words as values of ${String(path[1])} in tunable`;
    default:
      return 'should have a function as parameters, which returns them: parameters(dims, caches)';
  }
}
