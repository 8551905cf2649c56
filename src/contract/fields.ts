/** Pieces of schemas, each with its description, which `nfold schema` publishes. */
import { z } from 'zod';
import { errorCodes } from './errors.ts';

export const text = (what: string) => z.string().describe(what);
export const count = (what: string) => z.int().describe(what);
export const number = (what: string) => z.number().describe(what);
export const flag = (what: string) => z.boolean().describe(what);
export const textOrNull = (what: string) => z.string().nullable().describe(what);
export const countOrNull = (what: string) => z.int().nullable().describe(what);
export const numberOrNull = (what: string) => z.number().nullable().describe(what);
export const list = <T extends z.ZodType>(what: string, item: T) => z.array(item).describe(what);
/** As `contract/rng.ts` has it. */
export const seed = (what: string) => z.union([z.int().min(0), z.string().regex(/^[0-9a-f]{32}$/)]).describe(what);
export const texts = (what: string) => list(what, z.string());
export const orNull = <T extends z.ZodType>(what: string, schema: T) => schema.nullable().describe(what);

/** Data that fits a schema, as a command makes it. */
export type DataOf<S extends z.ZodType> = Frozen<z.infer<S>>;
type Frozen<T> = T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T;

const codes = Object.keys(errorCodes) as (keyof typeof errorCodes)[];

/** As `errorData` makes it. */
export const ErrorData = z.object({
  code: z.enum(codes).describe(`The kind: ${codes.map((code) => `${code}: ${errorCodes[code][1]}`).join('; ')}.`),
  message: text('What is wrong, in one sentence.'),
  file: textOrNull('The file that it lies in.'),
  line: countOrNull('Line in the file, from 1.'),
  column: countOrNull('Column in the line, from 1, in UTF-16 units.'),
  hint: textOrNull('What to do about it.'),
});
