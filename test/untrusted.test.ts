/** Sources and modules that would keep or fill the process that reads them: each costs its author a sentence, and nobody else a thing. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { build } from '../src/build/build.ts';
import { checkModule } from '../src/build/module.ts';
import { bundle, headOf } from '../src/build/sources.ts';
import { type CandidateFile, identify } from '../src/catalog/candidates.ts';
import { loadOp } from '../src/catalog/ops.ts';
import { atCostOf, Budget } from '../src/cell/budget.ts';
import { Timer } from '../src/cell/timer.ts';
import { stopCompiler } from '../src/compiler/compile.ts';
import { compose } from '../src/judge/compose.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-untrusted-'));
afterAll(() => {
  stopCompiler();
  rmSync(folder, { recursive: true, force: true });
});

const op = await loadOp('sgemm');
const good = "export default { about: 'x', setup: () => () => {} };";
const repeated = (count: number, text: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i)).join('');

function candidate(name: string, text: string, common: Readonly<Record<string, string>> = {}): CandidateFile {
  const file = join(folder, 'kernels/sgemm', name);
  const others = Object.entries(common).map(([path, content]) => [join(folder, 'kernels/common', path), content]);
  for (const [path, content] of [[file, text], ...others]) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  return identify(file, ['sgemm']) as CandidateFile;
}

describe('the bundler', () => {
  const globs = [
    'import(`../../../../$' + '{d.N}/x.json`)',
    "import('../../../../' + d.N)",
    'require(`../../../../$' + '{d.N}`)',
  ];
  test.each(globs)('searches no folder for %s', async (call) => {
    const text = `// import('./x') in a comment\nexport default { about: 'x', setup: (d) => () => ${call} };`;
    await expect(build(candidate('globs.ts', text))).rejects.toMatchObject({
      message: expect.stringMatching(/calls import\(\)$/),
      place: { line: 2 },
      hint: expect.stringContaining('import statements'),
    });
  });

  test('reads so many files and bytes', async () => {
    const chain = repeated(300, (i) => `${i} `)
      .trim()
      .split(' ');
    const common = Object.fromEntries(chain.map((i) => [`c${i}.ts`, `import './c${Number(i) + 1}.ts';`]));
    await expect(build(candidate('graph.ts', `import '../common/c0.ts'; ${good}`, common))).rejects.toThrow(
      'graph.ts imports more than 200 files',
    );
    const many = Object.fromEntries(chain.slice(0, 20).map((i) => [`l${i}.ts`, `//${'x'.repeat(130_000)}`]));
    const imports = chain.slice(0, 20).map((i) => `import '../common/l${i}.ts';`);
    await expect(build(candidate('large.ts', imports.join('') + good, many))).rejects.toThrow(
      'large.ts imports more than 2097152 bytes',
    );
  });

  test('ends with its time, and another one builds what comes next', async () => {
    const guesses = `const a = 1, b = 1, c = 1, d = 1; ${'a?(b):c=>('.repeat(40)}1${'):d'.repeat(40)};\n`;
    const slow = candidate('guesses.ts', guesses + good);
    const hang = atCostOf(new Budget(1000), () => bundle(slow.file));
    const later = [1, 2].map((i) => build(candidate(`later${i}.ts`, good.replace("'x'", `'later ${i}'`))));
    await expect(hang).rejects.toThrow('takes more than 1 s in all outside of its timed calls');
    expect((await Promise.all(later)).map(({ about }) => about)).toEqual(['later 1', 'later 2']);
  });
});

test.each([
  ['blank lines', `(module)${'\n'.repeat(100_000)};; @about x`],
  ['blanks before a tag', `;;${' '.repeat(100_000)}@about x`],
  ['blanks behind a tag', `;; @about${' '.repeat(100_000)}x`],
  ['line ends of another kind', `${'\r'.repeat(100_000)}// @about x`],
  ['imports of nothing', `// @about x\n${'export\n'.repeat(17_000)}`],
  ['comments that do not end', `// @about x\n${'(; /* '.repeat(17_000)}`],
])('a head of %s is read in one pass', async (_, text) => {
  expect((await headOf('as.ts', text)).tags).toEqual({ about: 'x' });
});

test('marks are found in a line of blanks', async () => {
  const { marked } = await import('../src/build/marks.ts');
  expect(await marked({ f: `x${' '.repeat(100_000)}// @mark rest` })).toMatchObject({ f: /^__mark\(0\); x\n/ });
});

describe('a module', () => {
  const leb = (n: number): number[] => (n < 128 ? [n] : [(n & 127) | 128, ...leb(n >>> 7)]);
  const section = (id: number, body: readonly number[]) => [id, ...leb(body.length), ...body];
  const head = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  const memory = section(2, [1, 3, ...Buffer.from('env'), 6, ...Buffer.from('memory'), 2, 3, 1, ...leb(65536)]);
  const moduleOf = (functions: number, locals: number, names: readonly string[] = ['run']) => {
    const body = [...(locals > 0 ? [1, ...leb(locals), 0x7b] : [0]), 0x0b];
    const code = Array.from({ length: functions }, () => [body.length, ...body]).flat();
    const exports = names.flatMap((name) => [name.length, ...Buffer.from(name), 0, 0]);
    return new Uint8Array([
      ...[...head, ...section(1, [1, 0x60, 0, 0]), ...memory],
      ...section(3, [...leb(functions), ...new Array(functions).fill(0)]),
      ...section(7, [...leb(names.length), ...exports]),
      ...section(10, [...leb(functions), ...code]),
    ]);
  };

  test('of a usual size passes', async () => {
    expect(await checkModule(moduleOf(20, 40))).toMatchObject({ functions: 20, locals: 800 });
  });

  const many = repeated(2000, (i) => `f${i} `)
    .trim()
    .split(' ');
  test.each([
    ['functions', moduleOf(3000, 0), 'more than 2000 functions'],
    ['locals', moduleOf(100, 49_900), 'more than 200000 locals'],
    ['exports', moduleOf(1, 0, many), 'more than 1000 exports'],
    ['a number without an end', new Uint8Array([...head, 1, ...new Array(1000).fill(255)]), 'is not a valid'],
    ['a section that ends early', new Uint8Array([...head, 10, 5, 255, 255]), 'is not a valid'],
    ['a count of 2^32', new Uint8Array([...head, 3, 5, 255, 255, 255, 255, 15]), 'more than 2000 functions'],
  ])('with %s is refused', async (_, bytes, why) => {
    await expect(checkModule(bytes)).rejects.toThrow(why);
  });
});

test('what is asked while a candidate is opened counts, over all openings', async () => {
  const image = compose({ op, case: op.cases[0], distribution: 'normal', text: new Uint8Array() }, 7);
  const text = `export default {
    about: 'sleeps',
    setup(d, arena) { const words = arena.i32(1); Atomics.wait(words, 0, words[0], 400); return () => {}; },
  };`;
  const budget = new Budget(1000);
  const timer = new Timer({ ...(await build(candidate('sleeps.ts', text))), budget }, 1);
  try {
    const open = async () => {
      for (let i = 0; i < 5; i++) await timer.open(image);
    };
    await expect(open()).rejects.toThrow('takes more than 1 s in all outside of its timed calls');
    // What the baseline takes counts ten times: then the next opening is one of many.
    budget.standBeside({ spentMs: 10_000, limitMs: Number.POSITIVE_INFINITY });
    expect(budget.limitMs).toBe(101_000);
  } finally {
    timer.close();
  }
});

test('descriptions and modules have so many bytes', async () => {
  const long = "export default { about: 'x', source: 'x'.repeat(1e6), setup: () => () => {} };";
  await expect(build(candidate('long.ts', long))).rejects.toThrow(/its description has \d+ bytes: the limit is 65536/);
  const text = "export default { about: 'x', generate: () => 'x'.repeat(2e7) };";
  const { artifact } = await build(candidate('long.wasm.ts', text));
  await expect(artifact(op.cases[0].dims)).rejects.toThrow('generate returns 20000002 bytes: the limit is 16777216');
});
