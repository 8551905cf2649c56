import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { packageRoot } from '../src/files/places.ts';
import { nfold } from './support/command.ts';

const cwd = mkdtempSync(join(tmpdir(), 'nfold-own-'));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));
const example = 'rmsnorm_forward';
let count = 0;

type Part = 'op' | 'baseline' | 'oracle';
/** The example under a name of its own, with a change in one file. A module is loaded once, so each change needs a name. */
function changed(part: Part, old: string, by: string): string {
  const name = `op${count++}`;
  const folder = join(cwd, 'baselines', name);
  mkdirSync(folder, { recursive: true });
  for (const one of ['op', 'baseline', 'oracle']) {
    const text = readFileSync(join(packageRoot, 'starters', example, `${one}.ts`), 'utf8').replaceAll(example, name);
    if (one === part) expect(text).toContain(old);
    writeFileSync(join(folder, `${one}.ts`), one === part ? text.replace(old, by) : text);
  }
  return name;
}

/** What Node says of the ops when it loads them and calls their functions; null where nothing is wrong. */
function faultsOf(names: readonly string[]): (string | null)[] {
  const script = join(packageRoot, 'test/support/judge-ops.ts');
  const { stdout, stderr } = spawnSync(process.execPath, [script, ...names], { cwd, encoding: 'utf8' });
  return JSON.parse(stdout || JSON.stringify([stderr]));
}

const faulty: readonly [Part, string, string, string | RegExp][] = [
  ['op', "dims: ['B', 'T', 'C'],", "dims: ['B', 'T', 'C'", /op\.ts:\d+:\d+ does not load: Expected "\]"/],
  ['op', 'export default defineOp', 'export const x = defineOp', 'op.ts should export default defineOp({ … })'],
  ['op', "role: 'out'", "role: 'output'", /op\.ts breaks the contract of an op at tensors\.out\.role: .*"inout"/],
  ['op', "dtype: 'f32'", "dtype: 'f16'", 'op.ts breaks the contract of an op at tensors.out.dtype'],
  ['op', 'const u =', "throw new Error('boom'); const u =", /op\.ts:\d+:\d+ does not load: boom\./],
  ['op', 'nfold/draws', 'nfold/draw', "op.ts does not load: there is no 'nfold/draw', but nfold, nfold/contract, "],
  ['op', 'nfold/draws', './none.ts', 'op.ts does not load: Cannot find module'],
  ['op', '{ normal, ', '{ norm, ', "op.ts does not load: The requested module 'nfold/draws' does not provide"],
  ['op', '=> [d.B, d.T, d.C]', '=> d.none.C', /op\.ts:\d+:\d+: shape throws: Cannot read/],
  ['op', '=> [d.B, d.T, d.C]', '=> [d.B, d.T, 0.5]', 'op.ts gives out the shape [4,32,0.5] at B4T32C64'],
  [
    'op',
    'shape(4, 64, 256)',
    'shape(4000, 64000, 256)',
    /op\.ts has \d+ bytes of tensors at B4000T64000C256: the limit/,
  ],
  ['op', 'caseName: ({ dims: d })', 'caseName: ({ dim: d }: any)', /op\.ts:\d+:\d+: caseName throws/],
  ['op', '4 * d.B * d.T * d.C', '0', 'op.ts says that B4T32C64 takes 0 flop'],
  ['op', '4 * d.B * d.T * d.C', '4 * (d as any).X', 'op.ts says that B4T32C64 takes NaN flop'],
  ['op', "['normal', 'stratified', 'zero rows']", '[]', 'op.ts breaks the contract of an op at distributions'],
  [
    'op',
    'drawCase: (rng) =>',
    "exact: 'whole', drawCase: (rng) =>",
    'calls "whole" exact, which is none of its distributions',
  ],
  [
    'op',
    'drawCase: (rng) =>',
    "drawCase: () => { throw new Error('d'); }, x: (rng: any) =>",
    /op\.ts:\d+:\d+: drawCase throws: d\./,
  ],
  ['op', 'normal(t.weight', "throw new Error('no'); normal(t.weight", /op\.ts:\d+:\d+: draw throws: no\./],
  ['op', 'normal(t.weight, rng, 0.3, 1);', 't.weight.fill(Number.NaN);', 'op.ts: draw leaves NaN in weight[0].'],
  ['op', 'Math.abs(want) * u', 'Math.sqrt(-1) * u', 'op.ts: bounds returns NaN for element 0 of out at B4T32C64.'],
  [
    'op',
    'Math.abs(want) * u',
    '-Math.abs(want) * u',
    'op.ts: bounds gives element 0 of out at B4T32C64 a bound below 0.',
  ],
  [
    'op',
    'truths.out.want.map(',
    'truths.out.want.subarray(1).map(',
    'op.ts: bounds returns 8191 elements of out at B4T32C64, which has 8192.',
  ],
  [
    'op',
    'return { out: truths',
    'const r = { out: truths',
    'op.ts: bounds returns no Float64Array of out at B4T32C64.',
  ],
  ['op', 'const s = 4', "throw new Error('b'); const s = 4", /op\.ts:\d+:\d+: bounds throws: b\./],
  ['oracle', 'export default {', 'export default {{', /oracle\.ts:\d+:\d+ does not load: Expected identifier/],
  ['oracle', 'export default {', 'export const oracle = {', 'oracle.ts should export default { truths }'],
  ['oracle', '{ out: { want } }', '{ y: { want } }', 'oracle.ts: truths returns no Float64Array of out at B4T32C64.'],
  ['oracle', '{ out: { want } }', '{ out: want }', 'oracle.ts: truths returns no Float64Array of out at B4T32C64.'],
  [
    'oracle',
    'new Float64Array(B * T * C)',
    'new Float32Array(B * T * C)',
    'oracle.ts: truths returns no Float64Array of out',
  ],
  [
    'oracle',
    'new Float64Array(B * T * C)',
    'new Float64Array(B * T)',
    'oracle.ts: truths returns 128 elements of out at B4T32C64, which has 8192.',
  ],
  ['oracle', 'return { out', "throw new Error('t'); return { out", /oracle\.ts:\d+:\d+: truths throws: t\./],
  ['oracle', '+ 1e-5', '- 1e5', 'oracle.ts: truths returns NaN for element 0 of out at B4T32C64.'],
];

test('the functions of an op and an oracle that are wrong: one sentence with the file each', () => {
  const names = faulty.map(([part, old, by]) => changed(part, old, by));
  const [honest, ...faults] = faultsOf([changed('op', 'rms', 'rms'), ...names]);
  expect(honest).toBeNull();
  expect(faults).toHaveLength(faulty.length);
  for (const [i, [part, , , sentence]] of faulty.entries()) {
    expect(faults[i]).toMatch(new RegExp(`^NfoldError: baselines/${names[i]}/${part}\\.ts`));
    expect(faults[i]).toMatch(typeof sentence === 'string' ? new RegExp(RegExp.escape(sentence)) : sentence);
  }
});

test.each<[string, string, RegExp]>([
  [
    '+ eps',
    '+ 1',
    /baseline\.ts and the oracle beside it disagree: op\d+\/baseline at B1T1C1 on normal inputs: out\[0,0,0\] is /,
  ],
  ['const eps', "throw new Error('bb'); const eps", /baselines\/op\d+\/baseline\.ts does not run: .*bb/],
  ['export default {', 'export default {{', /baselines\/op\d+\/baseline\.ts does not build: Expected identifier/],
  ['setup({', 'setip({', /baselines\/op\d+\/baseline\.ts should export default \{ about, setup/],
])('a baseline with %s as %s', async (old, by, sentence) => {
  const name = changed('op', 'rms', 'rms');
  await nfold(['new', `${name}/mine`], { cwd });
  const baseline = join(cwd, 'baselines', name, 'baseline.ts');
  writeFileSync(baseline, readFileSync(baseline, 'utf8').replace(old, by));
  const { code, stderr } = await nfold(['verify', name, '--quick', '--case', 'B1T1C1'], { cwd });
  expect(code).not.toBe(0);
  expect(stderr).toMatch(sentence);
  expect(stderr).not.toContain('unexpected');
});

test('an op that does not load, or that is none, hides no other', async () => {
  const bad = changed('op', "role: 'out'", "role: 'output'");
  const good = changed('op', 'rms', 'rms');
  for (const name of ['Foo', 'half', 'sgemm', 'lm_ops', 'common'])
    cpSync(join(cwd, 'baselines', good), join(cwd, 'baselines', name), { recursive: true });
  for (const part of ['oracle', 'baseline']) rmSync(join(cwd, 'baselines/half', `${part}.ts`));
  const { code, stdout } = await nfold(['list'], { cwd });
  expect([code, stdout.includes(`${good}   out = inp`)]).toEqual([0, true]);
  expect(stdout).toContain(`x baselines/${bad}/op.ts breaks the contract`);
  for (const what of [
    'Foo: its name should be',
    'half: the op lacks baseline.ts and oracle.ts',
    "sgemm: one of nfold's own ops",
    'lm_ops: a suite has',
    'common: what kernels share',
  ])
    expect(stdout).toContain(`x baselines/${what}`);
  expect((await nfold(['verify', 'half'], { cwd })).stderr).toContain('baselines/half: the op lacks');
  expect((await nfold(['new', 'half/mine'], { cwd })).stderr).toContain('baselines/half: the op lacks');
});
