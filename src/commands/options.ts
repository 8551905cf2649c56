/** Parsers of the words of a command line. They refuse in one sentence, before anything runs. */
import { type CommandUnknownOpts, InvalidArgumentError } from '@commander-js/extra-typings';
import { NfoldError } from '../contract/errors.ts';

/** As long as a path may be; no name, note or glob is longer. */
const maxLength = 4096;

/** Refuses what no command can use, wherever it stands: an empty word, most often a shell's unset variable, and one without end. */
export function checkWords(words: readonly string[]): void {
  for (const [i, word] of words.entries()) {
    if (word === '' || /^--[\w-]+=$/.test(word)) {
      const place = word || (i > 0 ? `what follows '${words[i - 1]}'` : 'the first argument');
      throw new NfoldError(`There is an empty argument, ${place}: give a value, or leave it out.`);
    }
    if (word.length > maxLength) {
      throw new NfoldError(
        `'${word.slice(0, 20)}…' has ${word.length} characters, and an argument at most ${maxLength}.`,
      );
    }
  }
}

/** Digits alone: what else JavaScript takes for a number, such as '', ' 5', 0x10 and 1e3, is more likely a mistake. */
export function whole(min: number, max: number) {
  return (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It takes a whole number from ${min} to ${max}, in plain digits.`);
  };
}

export function positive(text: string): number {
  const value = Number(text);
  if (/^\d*\.?\d+$/.test(text) && value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('It takes a number above 0, in plain decimals such as 5 or 0.25.');
}

export function timedCalls(text: string): { round: number; calls: number } {
  const [, round, calls] = /^(\d{1,9}):([1-9]\d?)$/.exec(text) ?? [];
  if (calls === undefined) throw new InvalidArgumentError('It takes a round and its calls, 1 to 99, such as 1:5.');
  return { round: Number(round), calls: Number(calls) };
}

export const all = (text: string, before: readonly string[] = []) => [...before, text];

/** Filters add up, in one text that `--case` takes as well (catalog/select.ts). */
export const either = (text: string, before?: string) => (before === undefined ? text : `${before}|${text}`);

/** Commander would drop the first value of an option that is given twice. */
export function refuseRepeats(command: CommandUnknownOpts): void {
  for (const option of command.options) {
    const { parseArg } = option;
    if (!option.required || parseArg === all || parseArg === either) continue;
    option.argParser((text, before) => {
      const given = command.getOptionValueSource(option.attributeName()) === 'cli';
      if (given) throw new InvalidArgumentError('It has a value already: give it once.');
      return parseArg ? parseArg(text, before) : text;
    });
  }
}
