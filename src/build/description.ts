/** What a candidate says of itself: in its default export, or at the head of a WAT or AssemblyScript file. */
import { z } from 'zod';
import { allowedFlags } from '../contract/candidate.ts';
import { CandidateError, plain } from '../contract/errors.ts';

const maxAbout = 200;

/** No more than a table shows. */
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

/** `@about`, `@threads`, `@flags`, `@source` at the head of a file. */
export function headComment(text: string): Description {
  const tag = (name: string) =>
    // Within a line each: a run of empty lines would be gone through again from each of them.
    new RegExp(`^[ \\t]*(?:/\\*\\*|\\*|;;|//)?[ \\t]*@${name}[ \\t]+(.+?)[ \\t]*(?:\\*/)?$`, 'm').exec(text)?.[1];
  return checked({
    about: tag('about'),
    source: tag('source'),
    flags: tag('flags')?.split(/\s+/),
    threads: tag('threads'),
  });
}

/** Throws CandidateError, which says of the first thing that is wrong what it is and what is asked for. */
export function checked(raw: unknown): Description {
  const result = Description.safeParse(raw, { reportInput: true });
  if (result.success) return result.data;
  throw new CandidateError(complaint(result.error.issues[0]));
}

function complaint({ path, code, input }: z.core.$ZodIssue): string {
  const absent = input === undefined || input === '';
  switch (path[0]) {
    case 'about':
      if (absent) return 'needs a line that says its idea: about in the default export, or @about in the head comment';
      if (code === 'too_big') return `says its idea in ${String(input).length} characters: ${maxAbout} are the most`;
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
