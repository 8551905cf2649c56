/** Parsers of a command line's words. They refuse in one sentence, before anything runs. */
import { type CommandUnknownOpts, InvalidArgumentError } from '@commander-js/extra-typings';
import { NfoldError } from '../contract/errors.ts';
import type { Seed } from '../contract/rng.ts';

/** The longest path of Linux; no name, note or glob needs more. */
const maxLength = 4096;

/** Refuses words that no command can use: an empty one, which most often is a shell's unset variable, and a very long one. */
export function checkWords(words: readonly string[]): void {
  for (const [i, word] of words.entries()) {
    if (word === '' || /^--[\w-]+=$/.test(word)) {
      const place = word || (i > 0 ? `what follows '${words[i - 1]}'` : 'the first argument');
      throw new NfoldError(`There is an empty argument, ${place}: give a value, or leave it out.`);
    }
    const start = `'${word.slice(0, 20)}…'`;
    if (word.length > maxLength)
      throw new NfoldError(`${start} has ${word.length} characters; an argument may have at most ${maxLength}.`);
  }
}

/** Takes digits alone: other forms that JavaScript reads as a number ('', ' 5', 0x10, 1e3) are more likely mistakes. */
export const whole = (min: number, max: number) => (text: string) => {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw new InvalidArgumentError(`It takes a whole number from ${min} to ${max}, in plain digits.`);
};

/** A seed as nfold prints it, or a number. */
export function seedOption(text: string): Seed {
  const value = Number(text);
  if (/^[0-9a-f]{32}$/.test(text)) return text;
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError(
    `It takes a seed that nfold printed, 32 hex digits, or a whole number from 0 to ${Number.MAX_SAFE_INTEGER}, in plain digits.`,
  );
}

export function positive(text: string): number {
  const value = Number(text);
  if (/^\d*\.?\d+$/.test(text) && value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('It takes a number above 0, in plain decimals such as 5 or 0.25.');
}

export function timedCalls(text: string): { round: number; calls: number; again: number } {
  const [, round, calls, again = 0] = /^(\d{1,9}):([1-9]\d?)(?:\+([1-9]\d?))?$/.exec(text) ?? [];
  if (calls === undefined)
    throw new InvalidArgumentError(
      'It takes a round and its calls, 1 to 99, such as 1:5, or 1:5+2 with two that were made again.',
    );
  return { round: Number(round), calls: Number(calls), again: Number(again) };
}

export const all = (text: string, before: readonly string[] = []) => [...before, text];

/** Names, separated by commas or given one by one. */
export function names(text: string, before: readonly string[] = []): readonly string[] {
  const given = text.split(',').map((name) => name.trim());
  if (given.includes('')) throw new InvalidArgumentError('It takes names, separated by commas.');
  return [...before, ...given];
}

/** Filters add up, in one text that `--case` takes as well (catalog/select.ts). */
export const either = (text: string, before?: string) => (before === undefined ? text : `${before}|${text}`);

/** Commander would drop the first value of an option that is given twice. */
export function refuseRepeats(command: CommandUnknownOpts): void {
  for (const option of command.options) {
    const { parseArg } = option;
    if (!option.required || (parseArg && [all, either, names].some((adds) => adds === parseArg))) continue;
    option.argParser((text, before) => {
      const given = command.getOptionValueSource(option.attributeName()) === 'cli';
      if (given) throw new InvalidArgumentError('It has a value already: give it once.');
      return parseArg ? parseArg(text, before) : text;
    });
  }
}
