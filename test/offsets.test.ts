/** Offsets of loads and stores, among all kinds of instructions. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { build } from '../src/build/build.ts';
import { checkModule } from '../src/build/module.ts';
import { scan } from '../src/catalog/candidates.ts';
import { loadOp } from '../src/catalog/ops.ts';
import { compile } from '../src/compiler/compile.ts';
import { isFar } from '../src/compiler/offsets.ts';
import { section, sectionsOf } from '../src/compiler/sections.ts';
import { packageRoot } from '../src/files/places.ts';
import { engineBugs } from '../src/machine/engineBugs.ts';

const module = (body: string) =>
  compile({
    type: 'wat',
    text: `(module (import "env" "memory" (memory 1 65536 shared)) (func (export "run") (param $p i32) (param $out i32) (param $end i32) (local $i i32) (local $v v128) (local $w v128) ${body}))`,
  });
const codeOf = (bytes: Uint8Array) => {
  const found = [...sectionsOf(bytes)].find(({ id }) => id === section.code);
  return bytes.subarray(found?.first, found?.end);
};

test.each([
  'i32.load',
  'i64.load32_u',
  'f64.load',
  'v128.load',
  'v128.load64_splat',
  'v128.load32_zero',
  'i32.atomic.load',
  'i64.atomic.load8_u',
])('%s with an offset of 2^30 or more is refused, a smaller one is not', async (op) => {
  const others =
    '(drop (f64.const 1e300))(drop (v128.const i64x2 -1 0x2a02ffffffff7f28))(drop (i32.const -1))(block (br_table 0 0 (local.get $p)))';
  const drop = (offset: number) => `${others}(drop (${op} offset=${offset} (local.get $p)))${others}`;
  expect(isFar(codeOf(await module(drop(2 ** 30))))).toBe(true);
  expect(isFar(codeOf(await module(drop(2 ** 32 - 1))))).toBe(true);
  expect(isFar(codeOf(await module(drop(2 ** 30 - 1))))).toBe(false);
  const bytes = await module(drop(2 ** 31));
  await expect(checkModule(bytes)).rejects.toThrow(/offset of 2\^30 or more/);
});

test('the code of the known bugs that need it, lanes and stores too', async () => {
  for (const { bug, code } of engineBugs)
    expect(isFar(codeOf(await module(code))), bug).toBe(
      [...code.matchAll(/offset=(\w+)/g)].some(([, offset]) => Number(offset) >= 2 ** 30),
    );
  expect(isFar(codeOf(await module('(v128.store32_lane offset=0x40000000 1 (local.get $p) (local.get $v))')))).toBe(
    true,
  );
  expect(isFar(codeOf(await module('(v128.store32_lane offset=0x3fffffff 1 (local.get $p) (local.get $v))')))).toBe(
    false,
  );
});

test("every kernel of nfold's own, whose code is near", async () => {
  const { candidates } = scan([packageRoot]);
  let count = 0;
  for (const candidate of candidates.filter(({ kind, op }) => kind !== 'ts' && op !== 'sgemm').slice(0, 25)) {
    const { dims } = (await loadOp(candidate.op)).cases[0];
    const artifact = await (await build(candidate)).artifact(dims, 1);
    if (artifact.kind === 'wasm') expect(isFar(codeOf(artifact.bytes)), candidate.id).toBe(false);
    count++;
  }
  expect(count).toBeGreaterThan(10);
  expect(readdirSync(join(packageRoot, 'kernels')).length).toBeGreaterThan(3);
});

test('a module without code has none', async () => {
  expect(isFar(new Uint8Array())).toBe(false);
  const bytes = await compile({ type: 'wat', text: '(module (import "env" "memory" (memory 1 65536 shared)))' });
  await expect(checkModule(bytes)).rejects.toThrow(/exports no function/);
});
