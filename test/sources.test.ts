/** Sources as editors and other systems leave them: marks, encodings, line ends; and what is said of a description that is odd. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type Built, build } from '../src/build/build.ts';
import { type CandidateFile, identify } from '../src/catalog/candidates.ts';
import { loadOp } from '../src/catalog/ops.ts';
import { packageRoot } from '../src/files/places.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-sources-'));
afterAll(() => rmSync(folder, { recursive: true }));

const { dims } = (await loadOp('sgemm')).cases[0];
const fixture = (name: string) => readFileSync(join(packageRoot, 'test/fixtures/kinds', name), 'utf8');
const texts = {
  'shared.ts': fixture('sgemm/shared.ts'),
  'script.as.ts': fixture('sgemm/script.as.ts'),
  'text.wat': fixture('sgemm/text.wat'),
  'shaped.wasm.ts': fixture('sgemm/shaped.wasm.ts'),
  'native.c': fixture('sgemm/native.c'),
};
const names = Object.keys(texts) as (keyof typeof texts)[];

/** Always in the same place, which a hash depends on, beside a common/. */
async function made(name: string, content: string | Buffer, answer: string | Buffer = ''): Promise<Built> {
  const file = join(folder, 'sgemm', name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  cpSync(join(packageRoot, 'test/fixtures/kinds/common'), join(folder, 'common'), { recursive: true });
  if (answer !== '') writeFileSync(join(folder, 'common/answer.ts'), answer);
  const built = await build(identify(file, ['sgemm']) as CandidateFile);
  await built.artifact(dims);
  return built;
}

const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');

describe.each(names)('%s', (name) => {
  test('builds with a byte order mark, which is no part of it, and with the line ends of Windows', async () => {
    const usual = await made(name, texts[name]);
    const marked = await made(name, `\ufeff${texts[name]}`);
    expect([marked.about, marked.hash, marked.threads]).toEqual([usual.about, usual.hash, usual.threads]);
    expect(marked.sources[0].text).toBe(texts[name]);
    const crlf = await made(name, texts[name].replaceAll('\n', '\r\n').replaceAll('  ', '\t'));
    expect([crlf.about, crlf.threads, crlf.source]).toEqual([usual.about, usual.threads, usual.source]);
  });

  test.each([
    ['UTF-16, little end first', (text: string) => utf16(text), /is UTF-16: save it as UTF-8$/],
    ['UTF-16, big end first', (text: string) => utf16(text).swap16(), /is UTF-16: save it as UTF-8$/],
    [
      'UTF-16 without a mark',
      (text: string) => Buffer.from(text, 'utf16le'),
      /holds NUL bytes, as UTF-16 .* save it as UTF-8$/,
    ],
    ['Latin-1', (text: string) => Buffer.from(`${text}\n;; // caf\xe9`, 'latin1'), /is not UTF-8: save it as UTF-8$/],
    ['more bytes than a kernel has', (text: string) => text + '\n'.repeat(2 ** 17), /bytes: the limit is 131072$/],
  ])('%s is refused by name', async (_what, encode, message) => {
    const attempt = made(name, encode(texts[name]));
    await expect(attempt).rejects.toThrow(message);
    await expect(attempt).rejects.toThrow(new RegExp(`sgemm/${name.replaceAll('.', '\\.')} `));
  });
});

test('what a candidate imports is read the same way', async () => {
  const common = fixture('common/answer.ts');
  expect((await made('shared.ts', texts['shared.ts'], `\ufeff${common}`)).hash).toBe(
    (await made('shared.ts', texts['shared.ts'])).hash,
  );
  await expect(made('shared.ts', texts['shared.ts'], utf16(common))).rejects.toThrow(
    /sgemm\/shared\.ts needs .*common\/answer\.ts, which is UTF-16: save it as UTF-8$/,
  );
});

test('a path may hold what a glob is made of', async () => {
  for (const name of ['a*b', '[x]', '{c,d}', 'with space', 'neu\nzeile']) {
    const file = join(folder, name, 'sgemm', 'mine-ts.ts');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, "export default { about: 'here', setup: () => () => {} };");
    expect(await build(identify(file, ['sgemm']) as CandidateFile)).toMatchObject({ about: 'here' });
  }
});

describe('what is wrong with a description is said, and nothing else', () => {
  const ts = (fields: string) => `export default { ${fields}, setup: () => () => {} };`;
  const about = "about: 'an idea'";
  test.each([
    [ts("about: ''"), /needs a line that says its idea/],
    [ts("about: ' \\n'"), /needs a line that says its idea/],
    [ts(`about: '${'a'.repeat(300)}'`), /says its idea in 300 characters: the limit is 200$/],
    [ts('about: 5'), /about is no text$/],
    [ts(`${about}, source: 5`), /source is no text$/],
    [ts(`${about}, flags: '--no-liftoff'`), /should list its flags as an array of words$/],
    [ts(`${about}, flags: ['--jitless']`), /asks for a V8 flag other than .*: --jitless$/],
    [ts(`${about}, threads: 4`), /should say 'one' or 'any' for threads, and says 4$/],
    [ts(`${about}, tunable: 5`), /should have an object as tunable/],
    [ts(`${about}, tunable: { 'a b': [1] }`), /a parameter of an odd name in tunable/],
    [ts(`${about}, tunable: { MR: [] }`), /lists no value for MR in tunable$/],
    [ts(`${about}, tunable: { MR: [true] }`), /should list numbers or words as values of MR in tunable$/],
    [ts(`${about}, parameters: {}`), /should have a function as parameters/],
    [`export default { ${about}, setup: 'now' };`, /has no function setup$/],
    ['export default function setup() {}', /its default export is no object$/],
  ])('%s', async (text, message) => {
    await expect(made('mine-ts.ts', text)).rejects.toThrow(message);
  });

  test.each([
    [';; @about\n;; @threads any\n', /needs a line that says its idea/],
    [`;; @about ${'a'.repeat(300)}\n`, /says its idea in 300 characters: the limit is 200$/],
    [';; @about x\n;; @threads 4\n', /should say 'one' or 'any' for threads, and says "4"$/],
  ])('at the head: %j', async (head, message) => {
    await expect(made('mine-wasm.wat', `${head}(module)`)).rejects.toThrow(message);
  });

  test('a start function that AssemblyScript made is explained, and one of the author’s own refused', async () => {
    const script = texts['script.as.ts'].replace(
      /^(?=export)/m,
      'const seen = new StaticArray<f32>(8);\nexport function look(): f32 { return seen[0]; }\n',
    );
    await expect(made('script.as.ts', script)).rejects.toMatchObject({
      message: expect.stringMatching(/has a start function, /),
      hint: expect.stringMatching(/^AssemblyScript makes one .* new StaticArray: .* memory\.data or scratch$/),
    });
    const wat = texts['text.wat'].replace(/\)\s*$/, '(func $early)(start $early))');
    await expect(made('text.wat', wat)).rejects.toHaveProperty('hint', 'move its work into run');
  });
});
