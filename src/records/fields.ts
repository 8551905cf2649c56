/**
 * Pieces of the record's schema. A record may come from anywhere, so each has a limit, far above what a run makes: a text stays printable on
 * one line, a list takes a moment to work through, and a number can be calculated with.
 */
import { z } from 'zod';
import { plain } from '../contract/foreign.ts';

const [maxName, maxText, maxNumber] = [1000, 10_000, 1e15];

export const name = z.string().max(maxName, { abort: true }).overwrite(plain);
export const sentence = z.string().max(maxText, { abort: true }).overwrite(plain);
export const integer = z.int();
export const decimal = z.number().min(-maxNumber).max(maxNumber);

/** A field that came later: null in older records. */
export const later = <T extends z.ZodType>(what: string, schema: T) => schema.nullable().default(null).describe(what);

export const text = (what: string) => name.describe(what);
export const textOrNull = (what: string) => sentence.nullable().describe(what);
export const count = (what: string) => integer.min(0).describe(what);
export const number = (what: string) => decimal.describe(what);
export const numberOrNull = (what: string) => decimal.nullable().describe(what);

/** What a candidate computed, and the edges of an interval, can be any number. */
export const anyOrNull = (what: string) => z.number().nullable().describe(what);

export const op = text('Name of the op.');
export const caseName = text('Name of the case, such as M256N512K128.');
export const variant = text('Id of what was timed: the baseline, a candidate, a peer, or the twin of one.');

export const Interval = z
  .object({
    value: decimal.min(Number.MIN_VALUE).describe('The estimate.'),
    low: anyOrNull('Lower edge of the 95 % interval; null after one round only.'),
    high: anyOrNull('Upper edge of the 95 % interval; null after one round only.'),
  })
  .refine(({ low, high }) => low === null || high === null || low <= high, 'has its low edge above its high one');

/** Of at most `max` items, no two of which have the same key. */
export function list<T extends z.ZodType>(
  what: string,
  item: T,
  max: number,
  key: ((row: z.infer<T>) => string) | null = null,
) {
  const items = z.array(item).max(max);
  const single =
    key === null
      ? items
      : items.refine((rows) => new Set(rows.map(key)).size === rows.length, 'holds the same entry twice');
  // One too many tells all: the rest is not even looked at.
  return z.preprocess((given) => (Array.isArray(given) ? given.slice(0, max + 1) : given), single).describe(what);
}

/** The same of numbers from `min` up; of wrong ones, the first is enough. */
export function numbers(what: string, min: number, max: number) {
  const isFine = (value: unknown) => typeof value === 'number' && value >= min && value <= maxNumber;
  const firstWrong = (given: unknown) => {
    const wrong = Array.isArray(given) ? given.findIndex((value) => !isFine(value)) : -1;
    return wrong < 0 ? given : (given as unknown[]).slice(wrong, wrong + 1);
  };
  return z.preprocess(firstWrong, z.array(decimal.min(min)).min(1).max(max)).describe(what);
}

/** Values by name, of names that are not those of JavaScript's own. */
export const byName = <T extends z.ZodType>(value: T, max: number) =>
  z.record(name, value).refine((given) => Object.keys(given).length <= max, `holds more than ${max} entries`);
