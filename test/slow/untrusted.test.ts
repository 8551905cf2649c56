/** Sources that the usual limits have to end, of time and of memory. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { nfoldProcess, start } from '../support/command.ts';
import { knowCeilings } from '../support/prepared.ts';
import { descendants, until, untilGone } from '../support/processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-untrusted-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const kernels = join(folder, 'kernels/residual_forward');
mkdirSync(kernels, { recursive: true });
knowCeilings(folder);

const good = "export default { about: 'adds', setup: () => () => {} };";
const doubled = Array.from({ length: 40 }, (_, i) => `a${i + 1} = a${i} + a${i}`).join();
const guesses = (line: string) => `${line} ${'a?(b):c=>('.repeat(40)}1${'):d'.repeat(40)};\n${good}`;
const blocks = (count: number) => `${'(block '.repeat(count)}${')'.repeat(count)}`;
const macros = Array.from({ length: 30 }, (_, i) => `#define A${i + 1} A${i}, A${i}`).join('\n');
const sources: Readonly<Record<string, string>> = {
  'doubled.ts': `enum E { a0 = 'xxxxxxxxxxxxxxxx', ${doubled} }\n${good}`,
  'guesses.ts': guesses('const a = 1, b = 1, c = 1, d = 1;'),
  'blocks.wat': `;; @about nests\n(module (func (export "run") ${blocks(15_000)}))`,
  'grows.as.ts': `// @about grows
class Pair<A> { a: A | null = null; }
function grow<T>(n: i32): void { grow<Pair<T>>(n); }
export function run(n: i32): void { grow<Pair<i32>>(n); }`,
  'macros.c': `// @about macros\n#define A0 x, x\n${macros}\nint run(void) { int x = 0; return (A30); }`,
  'itself.c': '// @about includes itself\n#include "itself.c"\nvoid run(void) {}',
  'endless.wasm.ts':
    "export default { about: 'endless', generate() { for (let s = ''; ; ) s += 'xxxxxxxxxxxxxxxx'; } };",
  'parentheses.wasm.ts': "export default { about: 'nests', generate: () => '('.repeat(8e6) };",
};
for (const [name, text] of Object.entries(sources)) writeFileSync(join(kernels, name), text);
const adds = '({ N }) => ({ out, inp1, inp2 }) => { for (let i = 0; i < N; i++) out[i] = inp1[i] + inp2[i]; }';
writeFileSync(join(kernels, 'fine.ts'), `export default { about: 'adds', setup: ${adds} };`);

test('each of them is a verdict of one sentence, and the one beside them passes', async () => {
  const words = ['verify', 'residual_forward', '--case', 'N3', '--quick', '--json'];
  const { stdout } = await nfoldProcess(words, { cwd: folder });
  const { results } = JSON.parse(stdout) as { results: { candidate: string; verdict: string }[] };
  const verdicts = Object.fromEntries(results.map(({ candidate, verdict }) => [candidate, verdict]));
  for (const name of Object.keys(sources))
    expect(verdicts).toMatchObject({ [`residual_forward/${name.split('.')[0]}`]: 'error' });
  expect(verdicts).toMatchObject({ 'residual_forward/fine': 'pass' });
});

test.each(['SIGINT', 'SIGKILL'] as const)('%s ends a bundler that guesses, and its own program', async (signal) => {
  writeFileSync(join(kernels, 'guesses.ts'), guesses(`// ${signal}\nconst a = 1, b = 1, c = 1, d = 1;`));
  const { child, outcome, said } = start(['verify', 'residual_forward/guesses'], { cwd: folder });
  await said('building');
  const all = () => descendants(child.pid as number);
  await until(() => all().some(({ command }) => command.includes('esbuild --service')));
  const seen = all();
  child.kill(signal);
  await outcome;
  expect(await untilGone(seen)).toBe(true);
});
