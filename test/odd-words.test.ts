/** Whatever a user types, in process: numbers, empty and endless words, filters that add up, globs that never end, names of files. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Command } from '@commander-js/extra-typings';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { scan } from '../src/catalog/candidates.ts';
import { matching } from '../src/catalog/glob.ts';
import { loadOp } from '../src/catalog/ops.ts';
import { alternatives, select, selectCases } from '../src/catalog/select.ts';
import { checkWords, either, positive, refuseRepeats, timedCalls, whole } from '../src/commands/options.ts';
import { brief, NfoldError } from '../src/contract/errors.ts';
import { checkName, findRecord } from '../src/records/find.ts';
import { upgrade } from '../src/records/upgrade.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-odd-'));
afterAll(() => rmSync(folder, { recursive: true }));

const sgemm = await loadOp('sgemm');
const catalog = scan();

describe('numbers are plain decimals', () => {
  test.each(['', ' ', ' 5', '5 ', '0x10', '1e3', '+5', '-5', '５', '5.0', '1_000', 'Infinity', '9'.repeat(400), '5\n'])(
    'no whole number is %j',
    (text) => expect(() => whole(0, Number.MAX_SAFE_INTEGER)(text)).toThrow(/whole number from 0 to .*in plain digits/),
  );

  test.each(['', ' 5', '0', '0.0', '1e3', '0x1', '+1', '1,5', '5.', '.', 'NaN', '1'.repeat(400)])(
    'no number above 0 is %j',
    (text) => expect(() => positive(text)).toThrow(/above 0, in plain decimals/),
  );

  test('and these are', () => {
    expect(['0', '5', '007', '9007199254740991'].map(whole(0, Number.MAX_SAFE_INTEGER))).toEqual([
      0,
      5,
      7,
      2 ** 53 - 1,
    ]);
    expect(['1', '0.95', '.5'].map(positive)).toEqual([1, 0.95, 0.5]);
    expect(timedCalls('1:24')).toEqual({ round: 1, calls: 24, again: 0 });
    expect(timedCalls('0:3+2')).toEqual({ round: 0, calls: 3, again: 2 });
    for (const text of ['1:0', '1:100', '1:3+', '1:3+0', '1:3+100', '1:3+-1', ' 1:1', '1:1\n', '1', '-1:1'])
      expect(() => timedCalls(text)).toThrow(/such as 1:5/);
  });
});

describe('words', () => {
  test('an empty one is refused, with its place', () => {
    expect(() => checkWords(['verify', ''])).toThrow("an empty argument, what follows 'verify'");
    expect(() => checkWords([''])).toThrow('an empty argument, the first argument');
    expect(() => checkWords(['verify', '--case='])).toThrow('an empty argument, --case=');
    expect(() => checkWords(['verify', '--case=M64', ' '])).not.toThrow();
  });

  test('one without end is refused, and not printed', () => {
    expect(() => checkWords(['list', 'a'.repeat(70_000)])).toThrow(
      /^'a{20}…' has 70000 characters; an argument may have at most 4096\.$/,
    );
  });

  test('an option given twice is refused, but those that add up', () => {
    const parsed = (...args: string[]) => {
      const command = new Command('x').exitOverride().configureOutput({ writeErr: () => {} });
      command.option('--seed <n>', '', whole(0, 9), 7).option('--text <file>').option('--case <glob>', '', either);
      refuseRepeats(command);
      return command.parse(args, { from: 'user' }).opts();
    };
    expect(parsed('--seed', '1', '--case', 'A', '--case=B')).toMatchObject({ seed: 1, case: 'A|B' });
    expect(() => parsed('--seed', '1', '--seed', '2')).toThrow(
      /'2' is invalid\. It has a value already: give it once\./,
    );
    expect(() => parsed('--text', 'a', '--text=b')).toThrow(/It has a value already/);
  });

  test('a sentence stays one: no control characters, no endless word, no endless text', () => {
    expect(brief(`'${'a'.repeat(4000)}' is odd: \n\x1b[31mmend it.`)).toMatch(
      /^'a{79}…a{39}' is odd: +\[31mmend it\.$/,
    );
    expect(brief('a '.repeat(2000)).length).toBeLessThan(1000);
    const path = `/${'folder/'.repeat(30)}file.ts`;
    expect(brief(path)).toBe(path);
  });
});

describe('--case adds up', () => {
  const names = (filter: string) => selectCases(sgemm, sgemm.cases, filter).map((c) => sgemm.caseName(c));

  test('each alternative by name, glob or part, none twice, in the order of the op', () => {
    expect(names('M256N384K128|M64N64K64')).toEqual(['M64N64K64', 'M256N384K128']);
    expect(names('NT|M256N384K128*')).toEqual(
      sgemm.cases.map((c) => sgemm.caseName(c)).filter((name) => /NT|^M256N384K128/.test(name)),
    );
    expect(names('Q9|M64N64K64')).toEqual(['M64N64K64']);
    expect(names('|M64N64K64|')).toEqual(['M64N64K64']);
    expect(names('|')).toEqual([]);
  });

  test('what one filter says, it says alone as well; parentheses are the glob’s own', () => {
    expect(alternatives('M64*')).toEqual(['M64*']);
    expect(alternatives('@(M64|M128)*|NT')).toEqual(['@(M64|M128)*', 'NT']);
    expect(names('@(M64|M96)N*')).toContain('M64N64K64');
  });
});

describe('globs', () => {
  test.each([`${'{*,*}'.repeat(20)}z`, `${'*?'.repeat(25)}z`])(
    '%s would take years, and ends with a sentence',
    (glob) => {
      expect(() => matching(glob, [`${'packed-6x16-'.repeat(6)}wasmsimd`])).toThrow(
        /takes too long to match: give a simpler one, or names\.$/,
      );
    },
  );

  test.each([
    '[',
    '{',
    '(',
    '\\',
    '!',
    '[z-a]',
    '{a,',
    '{z..a..0}',
    '*(',
    '{1..99999999}',
    '['.repeat(4000),
    '{'.repeat(4000),
  ])('%j matches what it matches, without a fault', (glob) =>
    expect(() => matching(glob.slice(0, 4096), ['a/b'])).not.toThrow(),
  );
});

describe('a path that is a file wins over its meaning as a glob', () => {
  const text = 'export default {};';
  test.each(['a*b', '[x]', '{c,d}', 'with space', "quo'te", 'neu\nzeile', 'ünïcode', '-dash', '*'])(
    'below %j',
    (name) => {
      const file = join(folder, name, 'sgemm', 'mine-ts.ts');
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
      expect(select([file], catalog).candidates).toMatchObject([{ id: 'sgemm/mine-ts', file }]);
    },
  );

  test('and a name of its own cannot be a candidate’s, which is said', () => {
    const file = join(folder, 'sgemm', 'm*.ts');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    expect(() => select([file], catalog)).toThrow(/the name 'm\*' should be lower-case words/);
  });
});

test('a name too long for any file system names nothing, in a sentence', () => {
  for (const length of [300, 4096]) {
    const long = 'a'.repeat(length);
    expect(() => select([long], catalog)).toThrow(/^Nothing is called or matches/);
    expect(() => select([`./${long}.ts`], catalog)).toThrow(/has a name that is too long/);
    expect(() => findRecord(long)).toThrow(
      /^(No record and no file is called|The record a+ has a name that is too long)/,
    );
    expect(() => checkName(long)).toThrow(/use up to 100 letters/);
  }
});

test('the version of a record is nothing but a version', () => {
  for (const schema of ['constructor', 'toString', '__proto__', { toString: 1 }, null, 7]) {
    expect(upgrade({ schema })).toEqual({ schema });
  }
});

/** Words of the command line and fragments that mean something to a glob, a path, a number or a terminal. */
const word = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '*',
        '?',
        '{',
        '}',
        '[',
        ']',
        '(',
        ')',
        '|',
        '!',
        '@',
        '+',
        '..',
        '/',
        '.',
        '~',
        '-',
        '\\',
        ',',
        '\n',
        ' ',
      ),
      fc.constantFrom(
        'sgemm',
        'ikj-ts',
        'M64',
        'last',
        'last~1',
        '.ts',
        '.wat',
        '.c',
        '.wasm',
        '.json',
        '\x1b[2K',
        '０',
        'constructor',
      ),
      fc.string({ unit: 'grapheme', maxLength: 6 }),
    ),
    { minLength: 1, maxLength: 12 },
  )
  .map((parts) => parts.join('').replaceAll('\0', ''))
  .filter((text) => text !== '');

test('no word gets anything but an answer or a sentence', () => {
  const answers = (act: () => unknown) => {
    try {
      act();
    } catch (error) {
      if (!(error instanceof NfoldError)) throw error;
      expect(brief(error.message)).toMatch(/^[^\p{Cc}]+$/u);
    }
  };
  fc.assert(
    fc.property(word, (text) => {
      answers(() => select([text], catalog));
      answers(() => selectCases(sgemm, sgemm.cases, text));
      answers(() => findRecord(text));
      answers(() => checkName(text));
    }),
    { numRuns: 200 },
  );
});
