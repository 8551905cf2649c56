/**
 * What runs under the revectorizer must be right without it, and what runs without it must fit the registers there. V8's own
 * machine code is read, so that nothing here depends on how long something takes.
 */

import { describe, expect, test } from 'vitest';
import { inner, loops, sumLoops } from '../bench/revectorizer/code.ts';
import { shapes as probes } from '../bench/revectorizer/tiles.ts';
import { compile } from '../src/compiler/compile.ts';
import { machineCode } from '../src/inspect/code.ts';

import { built, flag, generators, judged, op, packed, passes, withAndWithout } from './support/revectorized.ts';

// test/slow/revectorized.test.ts has the other distributions and blocks.
describe('right at all edges', () => {
  test('with the flag and without it', async () => {
    expect(packed.length).toBeGreaterThanOrEqual(2);
    expect(await judged(withAndWithout(), ['integers'])).toEqual(passes(withAndWithout()));
  });
});

describe.skipIf(process.arch !== 'x64')('in registers (x64)', () => {
  const names = ['M64N64K64', 'M256N384K128', 'M256N384K128NT', 'M256N384K128TN'];
  const shapes = op.cases.map((c) => [op.caseName(c), c.dims] as const).filter(([name]) => names.includes(name));
  const modules = async (id: string, dims: Readonly<Record<string, number>>) => {
    const generator = generators.find((candidate) => candidate.id === `sgemm/${id}`);
    const values = generator?.tuning?.space.MR ?? [];
    const artifacts = values.map((MR) => generator?.tuning?.with({ MR }).artifact(dims, 2));
    return (await Promise.all(artifacts)).map((artifact) => (artifact?.kind === 'wasm' ? artifact.bytes : null));
  };
  const loopsOf = async (id: string, dims: Readonly<Record<string, number>>, flags: readonly string[]) => {
    const loops = await Promise.all((await modules(id, dims)).map((bytes) => bytes && sumLoops(bytes, flags)));
    expect(loops.length).toBeGreaterThan(0);
    for (const found of loops) expect(found?.length).toBeGreaterThan(0);
    return loops.flatMap((found) => found ?? []);
  };

  test.each(shapes)('stock code of 6x8 does not spill at %s', async (_, dims) => {
    for (const { spills, fma256 } of await loopsOf('shaped-6x8-wasmrelaxedsimd', dims, [])) {
      expect([spills, fma256]).toEqual([0, 0]);
    }
  });

  test.each(shapes)('6x16 is 256 bits wide throughout and does not spill at %s', async (_, dims) => {
    for (const { spills, fma128 } of await loopsOf('shaped-6x16-wasmrelaxedsimd', dims, [flag])) {
      expect([spills, fma128]).toEqual([0, 0]);
    }
  });

  test.each([
    ['shaped-6x8-wasmrelaxedsimd', []],
    ['shaped-6x16-wasmrelaxedsimd', [flag]],
  ])('the tile of %s that packs B while it computes does not spill', async (id, flags) => {
    const [{ dims }] = op.cases.filter((c) => op.caseName(c) === 'M512N512K512');
    const generator = generators.find((candidate) => candidate.id === `sgemm/${id}`);
    const artifact = await generator?.tuning?.with({ order: 'N' }).artifact(dims, 2);
    const code = artifact?.kind === 'wasm' ? await machineCode(artifact.bytes, flags) : null;
    const packing = loops(code ?? '').filter(({ instructions, wide, narrow }) => {
      const stores = instructions.filter((text) => /^vmov\w+ \[(?!rbp)/.test(text)).length;
      return wide + narrow === 48 && stores === 8;
    });
    expect(packing.map(({ wide, narrow, spills }) => [wide, narrow, spills])).toEqual([
      flags.length > 0 ? [48, 0, 0] : [0, 48, 0],
    ]);
  });

  test('6x16 spills without the flag, which is why it asks for it', async () => {
    const loops = await loopsOf('shaped-6x16-wasmrelaxedsimd', shapes[0][1], []);
    expect(Math.max(...loops.map(({ spills }) => spills))).toBeGreaterThan(0);
  });

  test('every sgemm candidate that makes 24 sums of four at a time asks for the flag', () => {
    const wide = built.filter(({ id }) => id.includes('6x16'));
    expect(wide.map(({ flags }) => flags.includes(flag))).toEqual(wide.map(() => true));
  });

  // The worklog of sgemm states these as facts, and every candidate that asks for the flag builds on them.
  test.each([
    ['sums from a zero constant, stored in pairs, the lower half first', 'packed', 12],
    ['the upper half stored first', 'packed', 0],
    ['stores column by column of vectors', 'not', 24],
    ['addresses from i32.add, not from offset=', 'not', 24],
    ['C added at the end, row by row: load, add, store', 'packed', 12],
    ['C added at the end, vector by vector: load, add, store', 'not', 24],
    ['an if at the end, with stores in both branches', 'packed', 24],
    ['select of vectors by a condition in each step', 'not', 24],
  ])('%s: %s, and %i stores of 128 bits', async (what, verdict, narrowStores) => {
    const probe = probes.find((shape) => shape.what === what);
    const bytes = await compile({ type: 'wat', text: probe?.module ?? '' });
    const code = (await machineCode(bytes, [flag])) ?? '';
    const loop = inner(code);
    expect(loop && loop.wide > 0 && loop.narrow === 0 ? 'packed' : 'not').toBe(verdict);
    expect(code.match(/vmov\w+ \[(?!rbp).*,xmm/g)?.length ?? 0).toBe(narrowStores);
  });

  test('without AVX2 the flag is taken and has no effect', async () => {
    const bytes = await compile({ type: 'wat', text: probes[0].module });
    expect(inner((await machineCode(bytes, [flag, '--no-enable-avx2'])) ?? '')).toMatchObject({ wide: 0, narrow: 24 });
  });
});
