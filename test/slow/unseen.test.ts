/** `bench --unseen` from end to end, on ops of the user's: one that takes any size, and one that takes powers of two alone. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { packageRoot } from '../../src/files/places.ts';
import type { Record } from '../../src/records/schema.ts';
import { nfoldProcess } from '../support/command.ts';

const cwd = mkdtempSync(join(tmpdir(), 'nfold-unseen-'));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));
cpSync(join(packageRoot, 'test/fixtures/own'), cwd, { recursive: true });

/** The op `scale` under another name, with changes. */
function copied(name: string, changes: readonly (readonly [file: string, old: string, by: string])[]): void {
  for (const file of [
    'baselines/scale/op.ts',
    'baselines/scale/baseline.ts',
    'baselines/scale/oracle.ts',
    'kernels/scale/unrolled-ts.ts',
  ]) {
    const own = changes.filter(([part]) => file.endsWith(part));
    const text = readFileSync(join(cwd, file), 'utf8').replaceAll('scale', name);
    for (const [, old] of own) expect(text).toContain(old);
    mkdirSync(join(cwd, file.replace('scale', name), '..'), { recursive: true });
    writeFileSync(
      join(cwd, file.replace('scale', name)),
      own.reduce((now, [, old, by]) => now.replace(old, by), text),
    );
  }
}

async function bench(...args: string[]) {
  const { code, stdout, stderr } = await nfoldProcess(['bench', ...args, '--quick', '--json'], { cwd });
  return { code, stderr, record: JSON.parse(stdout) as Record };
}

test('the shapes are timed beside the case, marked, and in no mean; a failed check of one can be repeated', async () => {
  const { code, record } = await bench('scale', '--unseen', '3', '--seed', '5');
  expect(code).toBe(0);
  const unseen = record.results.filter((result) => result.unseen);
  expect(record.results.map((result) => result.case)).toEqual(['N64000', ...unseen.map((result) => result.case)]);
  // A machine that was too busy for a number says so.
  const told = ({ speedup, disturbed }: Record['results'][number]) => speedup?.value ?? disturbed;
  expect(unseen.map(told).every((value) => typeof value === 'number' || typeof value === 'string')).toBe(true);
  const [suite] = record.results;
  const [mean] = record.means;
  if (mean.arithmetic && suite.speedup) expect(mean.arithmetic.value).toBeCloseTo(suite.speedup.value, 9);
  else expect(`${mean.withheld} ${suite.disturbed}`).toMatch(/disturbed|other programs|rounds differ/);
  const [{ shapes, gap }] = record.unseen;
  expect(shapes.map((shape) => [shape.case, shape.near])).toEqual(unseen.map((result) => [result.case, 'N64000']));
  if (gap) expect(gap.low).toBeLessThan(gap.high as number);
  const again = await nfoldProcess(['verify', 'scale', '--case', shapes[0].case, '--seed', '5', '--json'], { cwd });
  expect(JSON.parse(again.stdout).results).toMatchObject([{ verdict: 'pass', checks: expect.any(Number) }]);
  const other = await nfoldProcess(['verify', 'scale', '--case', shapes[0].case, '--seed', '6'], { cwd });
  expect(other).toMatchObject({ code: 3, stderr: expect.stringContaining(`No case matches '${shapes[0].case}'`) });
});

test('a kernel that is wrong at an unseen shape fails there, with the command that repeats the check', async () => {
  const wrong = 'x[i];\n      if (N > 7 && N !== 64_000) y[0] = 7;';
  copied('narrow', [['unrolled-ts.ts', 'if (i < N) y[i] = alpha * x[i];', `if (i < N) y[i] = alpha * ${wrong}`]]);
  const { code, stderr, record } = await bench('narrow', '--unseen', '2');
  expect(code, stderr).toBe(1);
  const [{ verdict, replay }] = record.candidates;
  expect([verdict, replay]).toEqual(['fail', expect.stringMatching(/ verify narrow\/unrolled-ts --case N\d+ --seed /)]);
  const words = (replay as string).replace(/^.*? verify/, 'verify').split(' ');
  expect(await nfoldProcess(words, { cwd })).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/ at N\d+ on uniform inputs: y\[0\] (of timed call \d+ )?is 7, /),
  });
});

test.each([
  [
    'baseline.ts',
    'for (let i',
    'if ((N & (N - 1)) === 0) for (let i',
    /odd\d+\/baseline at N\d+ on uniform inputs: y\[0\] is NaN/,
  ],
  [
    'oracle.ts',
    'const want',
    "if (N & (N - 1)) throw new Error('no'); const want",
    /oracle\.ts:\d+:\d+: truths throws: no/,
  ],
  [
    'op.ts',
    'uniform(tensors',
    "if (tensors.x.length & (tensors.x.length - 1)) throw new Error('no'); uniform(tensors",
    /draw throws: no/,
  ],
])('sizes that %s does not take: a sentence, and a run without unseen shapes', async (file, old, by, said) => {
  const name = `odd${file.length}`;
  const sizes = [
    ['op.ts', 'cases: [c(64000)]', 'cases: [c(65536)]'],
    ['op.ts', 'edges: [c(0), c(1), c(7)]', 'edges: [c(2), c(4), c(16)]'],
  ] as const;
  copied(name, [...sizes, [file, old, by]]);
  const { code, stderr, record } = await bench(name, '--unseen', '2');
  expect(code).toBe(0);
  expect(stderr).toMatch(new RegExp(`${name}: no unseen shape, as its dims cannot be varied: .*${said.source}`));
  expect(record.results.map((result) => result.case)).toEqual(['N65536']);
  expect(record.unseen).toEqual([]);
});
