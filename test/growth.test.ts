/** The growth of cost: a step gets a number only if it is right, and tables and drawing say what was found and what was not. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseHTML } from 'linkedom';
import { afterAll, describe, expect, test } from 'vitest';
import { parameterCount } from '../baselines/train_gpt2/layout.ts';
import op from '../baselines/train_gpt2/op.ts';
import { byC, byT, large, likeSize, nameOf, suite, unseen } from '../bench/growth/models.ts';
import { svgGrowth } from '../bench/growth/plot.ts';
import { type Found, type Subject, tables } from '../bench/growth/report.ts';
import { baselineBytes, measured } from '../bench/growth/run.ts';
import { type Built, build, buildBaseline } from '../src/build/build.ts';
import { scan } from '../src/catalog/candidates.ts';
import { compile } from '../src/compiler/compile.ts';
import { CandidateError } from '../src/contract/errors.ts';
import { packageRoot, shown } from '../src/files/places.ts';
import { buildPacked, cheats } from '../src/selftest/pack.ts';

const fused = await build(scan().candidates.find(({ id }) => id === 'train_gpt2/fused-6x8-wasmrelaxedsimd')!);
const folder = mkdtempSync(join(tmpdir(), 'nfold-growth-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('models', () => {
  test('grow in one size alone', () => {
    for (const [models, sizes] of [[byC, ['C', 'NH']] as const, [byT, ['B', 'T']] as const]) {
      const fixed = op.dims.filter((dim) => !(sizes as readonly string[]).includes(dim));
      for (const dim of fixed) expect(new Set(models.map((dims) => dims[dim])).size, dim).toBe(1);
    }
    for (const { C, NH } of byC) expect(C / NH).toBe(32);
    for (const { B, T } of byT) expect(B * T).toBe(Math.max(256, T));
    expect(Math.round(parameterCount({ ...large[0], T: 1024 }) / 1e6)).toBe(124);
  });

  test('that are unseen are in no suite, and each of the suite has one of its size', () => {
    expect(unseen.map(nameOf).filter((name) => suite.map(nameOf).includes(name))).toEqual([]);
    for (const { C, NH } of unseen) expect([0, C / NH]).toEqual([C % NH, Math.min(64, Math.max(8, C / NH))]);
    const near = unseen.filter((dims) => Math.abs(op.flop(dims) / op.flop(likeSize(dims)) - 1) < 0.25);
    expect(new Set(near.map((dims) => likeSize(dims)))).toEqual(new Set(suite));
  });
});

const found = (percent: number, more: Partial<Found> = {}): Found => ({
  ...{ medianNs: 2e6, bestNs: 1e6, peak: 100, percent, scratchBytes: 3e6, baselineBytes: 4e6, buildMs: 12 },
  ...more,
});

function subject(id: string, at: readonly (readonly [(typeof byC)[number], Found | string])[]): Subject {
  const named = at.map(([dims, what]) => [nameOf(dims), what] as const);
  return { id: `train_gpt2/${id}`, flags: [], threads: 2, found: new Map(named) };
}

describe('tables', () => {
  const [first, second, third] = byC;
  const rowOf = (text: string, name: string) =>
    text
      .split('\n')
      .find((line) => line.startsWith(`| ${name} |`))
      ?.split(' | ');

  test('have numbers, and words in place of what has none', () => {
    const text = tables(
      [
        subject('a', [
          [first, found(50)],
          [second, 'it | trapped'],
          [third, found(40)],
        ]),
      ],
      'here',
    );
    const gflops = (op.flop(first) / 1e6).toFixed(0);
    expect(rowOf(text, nameOf(first))?.slice(1)).toEqual(['2.00', '1.00', gflops, '50.0', '3.00', '0.75x', '12 |']);
    expect(rowOf(text, nameOf(second))?.slice(1, 3)).toEqual(['it \\| trapped', '-']);
    expect(text).toContain(`a: the steepest fall of the share is to 0.80x, from ${nameOf(first)} to ${nameOf(third)}.`);
    expect(text).not.toMatch(/suite:|124M|NaN|undefined/);
    expect(text.endsWith('*here*')).toBe(true);
  });

  test('set unseen models beside those of like size, and missed targets in bold', () => {
    const [one, other, alone] = unseen;
    const beside = [one, other].map((dims) => [likeSize(dims), found(50)] as const);
    const slow = found(40, { scratchBytes: 7e6, buildMs: 1200 });
    const text = tables([subject('a', [...beside, [one, slow], [other, found(45)], [alone, found(45)]])], '');
    expect(rowOf(text, nameOf(one))?.slice(5)).toEqual([
      nameOf(likeSize(one)),
      '0.84x',
      '**0.80x**',
      '7.00',
      '**1.75x**',
      '**1200** |',
    ]);
    expect(rowOf(text, nameOf(other))?.[7]).toBe('0.90x');
    expect(rowOf(text, nameOf(alone))?.[7]).toBe('-');
  });

  test('have no share where the machine showed no peak', () => {
    const busy = found(0, { peak: null, percent: null });
    const text = tables(
      [
        subject('a', [
          [first, busy],
          [second, found(50)],
          [unseen[0], busy],
        ]),
      ],
      '',
    );
    expect(rowOf(text, nameOf(first))?.[4]).toBe('-');
    expect(text).toMatch(/peaks of 100..100 Gflop/);
    expect(text).not.toMatch(/steepest|NaN|null/);
    expect(svgGrowth([subject('a', [[first, busy]])], '')).not.toMatch(/NaN|null/);
  });

  test('name the candidates where there are several', () => {
    const text = tables([subject('a', [[first, found(50)]]), subject('b', [[first, found(60)]])], '');
    expect(text.match(/^\| B4T64L2C64NH2V256 \| [ab] \|/gm)).toHaveLength(2);
  });
});

test('the drawing has a line a candidate, with a gap where there is no number', () => {
  const whole = byC.map((dims, i) => [dims, found(10 * i + 45)] as const);
  const broken = byC.map((dims, i) => [dims, i === 3 ? 'it trapped' : found(30)] as const);
  const svg = svgGrowth([subject('a', whole), subject('<b>', broken)], 'source');
  const { document } = parseHTML(svg);
  const paths = [...document.querySelectorAll('path.curve')].map((path) => path.getAttribute('d') ?? '');
  const [overC, gap] = paths.filter((path) => path.includes('L'));
  expect(overC.match(/[ML]/g)?.join('')).toBe('MLLLLLLL');
  expect(gap.match(/[ML]/g)?.join('')).toBe('MLLMLLL');
  // In the panel over T, of the one model that is in both; and in the legend.
  expect(document.querySelectorAll('circle')).toHaveLength(8 + 7 + 2 + 2);
  expect(document.querySelector('b')).toBeNull();
  expect(svg).not.toMatch(/NaN|undefined|prefers-color-scheme/);
});

describe('a step', () => {
  const dims = { B: 1, T: 3, L: 1, C: 8, NH: 2, V: 259 };
  const conditions = { threads: 2, rounds: 1, seed: 5, signal: new AbortController().signal };
  const module = (body: string) =>
    compile({
      type: 'wat',
      text: `(module (import "env" "memory" (memory 1 65536 shared)) (func (export "run") (param ${'i32 '.repeat(15)}${'f32 '.repeat(5)} i32) ${body}))`,
    });
  const instead = (bytes: Uint8Array): Built => ({ ...fused, artifact: async () => ({ kind: 'wasm', bytes }) });

  test('that is right has a time, and what it needs', async () => {
    const result = await measured(fused, dims, conditions);
    expect(result).toMatchObject({ baselineBytes: baselineBytes(dims) });
    const { medianNs, bestNs, scratchBytes, buildMs } = result as Found;
    for (const one of [bestNs, scratchBytes, buildMs]) expect(one).toBeGreaterThan(0);
    expect(medianNs).toBeGreaterThanOrEqual(bestNs);
  });

  test('that is wrong has words, with the element, and no time', async () => {
    const cheat = cheats().find(({ id, kind }) => id.endsWith('faster-learning') && kind === 'as.ts')!;
    const built = (await buildPacked(cheat, dims)) as Built;
    expect(await measured(built, dims, conditions)).toMatch(
      /on late inputs: params\.wte\[0\] of timed call 1 is .*, should be/,
    );
    expect(await measured(instead(await module('')), dims, conditions)).toMatch(/is the same after the step as before/);
  });

  test('that traps, or is no module, has words', async () => {
    expect(await measured(instead(await module('unreachable')), dims, conditions)).toMatch(/unreachable/);
    expect(await measured(instead(Uint8Array.of(0)), dims, conditions)).toMatch(/WebAssembly/);
    expect(await measured(await buildBaseline('train_gpt2'), dims, conditions)).toBe(
      'it is no WebAssembly, and only that is timed here',
    );
  });

  test('whose candidate does not build has words, with the file as the user knows it', async () => {
    const file = join(packageRoot, 'kernels/train_gpt2/broken-wasm.wasm.ts');
    const generate = async () => {
      throw new CandidateError(`${shown(file)} does not build`);
    };
    const result = await measured({ ...fused, artifact: generate }, dims, conditions);
    expect(result).toBe('kernels/train_gpt2/broken-wasm.wasm.ts does not build');
  });

  test('ends with the run', async () => {
    const controller = new AbortController();
    const endless = instead(await module('(loop $on (br $on))'));
    setTimeout(() => controller.abort(), 1500);
    await expect(measured(endless, dims, { ...conditions, signal: controller.signal })).rejects.toThrow('aborted');
  });

  test('keeps beside its tensors what the baseline takes: gradients, and activations twice', () => {
    const [rows, parameters] = [3, parameterCount(dims)];
    const layer = rows * (18 * 8 + 4) + 2 * 3 * 3;
    const gradients = rows * 18 * 8;
    const rest = rows * (8 + 8 + 2 + 2 * 259 + 1);
    const restGradients = rows * (8 + 8 + 259 + 1) + 3;
    expect(baselineBytes(dims)).toBe(4 * (parameters + layer + gradients + rest + restGradients));
  });
});

describe('the command', () => {
  const run = (...words: string[]) =>
    spawnSync(process.execPath, [join(packageRoot, 'bench/growth.ts'), ...words], { cwd: folder, encoding: 'utf8' });

  test.each([
    [['train_gpt2/nope'], 3, "'train_gpt2/nope' is no candidate of train_gpt2: there are train_gpt2/"],
    [['--threads', '0'], 2, "--threads takes a whole number from 1 to 256, and not '0'."],
    [['--case', 'nope'], 3, "No model here is called 'nope'."],
    [['--svg', 'nope/x.svg'], 2, '--svg nope/x.svg cannot be written: there is no folder nope.'],
    [['--markdown', 'nope.md'], 2, 'nope.md does not exist'],
  ])('refuses %j', (words, status, sentence) => {
    const { status: code, stderr } = run(...words);
    expect(stderr).toContain(sentence);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(code).toBe(status);
  });

  test('writes tables between the markers of a page, and a drawing', () => {
    const page = join(folder, 'page.md');
    writeFileSync(page, 'before\n<!-- growth -->\nold\n<!-- /growth -->\nafter\n');
    const [name] = byC.map(nameOf);
    const { status, stdout, stderr } = run('--quick', '--case', name, '--svg', 'x.svg', '--markdown', 'page.md');
    expect(`${stderr}${status}`).toMatch(/0$/);
    const written = readFileSync(page, 'utf8');
    expect(written).toMatch(/^before\n<!-- growth -->\n[\s\S]*<!-- \/growth -->\nafter\n$/);
    expect(written).toContain(`\n${stdout.trim()}\n`);
    expect(stdout).toMatch(new RegExp(`^\\| ${name} \\| [\\d.]+ \\| [\\d.]+ \\|`, 'm'));
    // The legend's, and the model's, if the machine was calm enough for a peak.
    const { document } = parseHTML(readFileSync(join(folder, 'x.svg'), 'utf8'));
    expect(document.querySelectorAll('circle.us')).toHaveLength(stdout.includes(' | - | ') ? 1 : 2);
    writeFileSync(page, 'no markers');
    expect(run('--markdown', 'page.md').stderr).toContain('has no markers <!-- growth --> and <!-- /growth -->');
  });
});
