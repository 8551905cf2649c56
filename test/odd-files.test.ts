/** What a name may lead to, where a file is looked for: each is refused in a sentence, and none is waited for. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { build } from '../src/build/build.ts';
import { events } from '../src/build/tuned.ts';
import { type CandidateFile, identify, scan } from '../src/catalog/candidates.ts';
import { loadOp } from '../src/catalog/ops.ts';
import { select } from '../src/catalog/select.ts';
import { loadText } from '../src/catalog/text.ts';
import { NfoldError } from '../src/contract/errors.ts';
import { readGiven } from '../src/files/given.ts';
import { packageRoot } from '../src/files/places.ts';
import { loadCeilings } from '../src/machine/ceilings.ts';
import { loadRecord, loadSummary } from '../src/records/store.ts';
import { checkWritable, readCheckpoint } from '../src/train/checkpoint.ts';
import { oddities } from './support/odd.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-odd-'));
const fileOf = (name: string, ending: string) => join(folder, ending, `${name.replaceAll(' ', '-')}.${ending}`);
beforeAll(() => {
  for (const ending of ['txt', 'json', 'ts', 'wat', 'as.ts', 'c', 'wasm']) {
    mkdirSync(join(folder, ending));
    for (const [name, , make] of oddities) make(fileOf(name, ending));
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(NfoldError);
    return (error as NfoldError).message;
  }
  throw new Error('nothing was refused');
}

describe.skipIf(process.platform === 'win32').each(oddities)('%s', (name, words) => {
  const [text, json] = [fileOf(name, 'txt'), fileOf(name, 'json')];

  test('is refused as a text, a record and a checkpoint', async () => {
    const gpt = await loadOp('train_gpt2');
    expect(refusal(() => loadText(text, [gpt]))).toMatch(
      new RegExp(`^The text .*txt ${words.source}: give --text a readable file\\.$`),
    );
    expect(refusal(() => readCheckpoint(text, gpt))).toMatch(words);
    expect(refusal(() => loadRecord(json))).toMatch(words);
    expect(refusal(() => loadSummary(json))).toMatch(words);
    expect(refusal(() => checkWritable(text, '--save'))).toMatch(/cannot be written: /);
  });

  test('counts as nothing where nfold looks for what it kept', () => {
    expect(loadCeilings(json)).toBeNull();
    expect(events(json, 'hash')).toEqual([]);
  });

  test.each(['ts', 'wat', 'as.ts', 'c', 'wasm'])('is refused as a candidate, ending .%s', async (ending) => {
    const kernels = join(mkdtempSync(join(folder, 'work-')), 'kernels');
    mkdirSync(join(kernels, 'sgemm'), { recursive: true });
    const file = join(kernels, 'sgemm', `mine.${ending}`);
    symlinkSync(fileOf(name, ending), file);
    // A scan opens no file: whether one may be read is for building to see.
    if (name !== 'a file that may not be read') {
      const { problems } = scan([join(kernels, '..')]);
      expect(problems).toEqual([{ file, op: 'sgemm', message: expect.stringMatching(/: mend it, or take it away$/) }]);
      const refused = refusal(() => select([file], scan([])));
      expect(refused).toMatch(/: give the file of a candidate\.$|is a folder: give a file in it/);
    }
    // As if it had turned into that after it was found.
    const found = { ...(identify(file, ['sgemm']) as CandidateFile), selector: undefined };
    await expect(build(found)).rejects.toThrow(/mine\.(ts|wat|as\.ts|c|wasm) (is|may|does) /);
  });

  test.each([
    [
      'mine.ts',
      (imported: string) => `import x from '${imported}'; export default { about: 'a', setup: () => () => x };`,
    ],
    ['mine.as.ts', (imported: string) => `// @about a\nimport { x } from '${imported.replace(/\.ts$/, '')}';`],
    ['mine.c', (imported: string) => `// @about a\n#include "${imported}"`],
  ])('is refused as an import of %s', async (candidate, source) => {
    const kernels = mkdtempSync(join(folder, 'work-'));
    for (const name of ['sgemm', 'common']) mkdirSync(join(kernels, name));
    symlinkSync(fileOf(name, 'ts'), join(kernels, 'common/odd.ts'));
    const file = join(kernels, 'sgemm', candidate);
    writeFileSync(file, source('../common/odd.ts'));
    await expect(build(identify(file, ['sgemm']) as CandidateFile)).rejects.toThrow(
      /needs .*common\/odd\.ts, which (is|may|does) /,
    );
  });
});

test.each([
  ['that is too long', 'x'.repeat(300), /name that is too long/],
  ['with a zero byte', 'a\0b', /has a name that no file can have/],
  [
    'below a file',
    join(packageRoot, 'package.json/x'),
    /does not exist, since its path has a file where a folder should be/,
  ],
  ['of nothing, which moves the cursor', 'a\u001b[2Jb\nc', /^The text a \[2Jb c does not exist\.$/],
])('a name %s is refused in one line', (_what, name, words) => {
  expect(refusal(() => readGiven('text', name))).toMatch(words);
});

test('more than fits into memory is not read', () => {
  const file = join(folder, 'huge.json');
  writeFileSync(file, '');
  truncateSync(file, 2 ** 33);
  expect(refusal(() => readGiven('text', file))).toMatch(/has 8589934592 bytes: the limit is 1073741824/);
  expect(refusal(() => loadSummary(file))).toMatch(/has 8589934592 bytes/);
});

test('a candidate that is a link works where the link lies', async () => {
  mkdirSync(join(folder, 'sgemm'));
  const file = join(folder, 'sgemm/mine-ts.ts');
  symlinkSync(join(packageRoot, 'kernels/sgemm/ikj-ts.ts'), file);
  expect((await build(identify(file, ['sgemm']) as CandidateFile)).about).toBeTruthy();
});
