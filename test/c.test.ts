/** Candidates in C and ready-made modules: what they compute, and what is said of one that is wrong. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { build } from '../src/build/build.ts';
import { compileC } from '../src/compiler/c.ts';
import { cCompiler } from '../src/compiler/clang.ts';
import { compile } from '../src/compiler/compile.ts';
import { packageRoot } from '../src/files/places.ts';
import { kernelFolder, op, outputs, parameters, wrong } from './support/c.ts';
import { customSection } from './support/section.ts';

const { candidate, built, put, fault } = kernelFolder();
const compiler = await cCompiler();
const [{ dims }] = op.cases;

describe('C', () => {
  test('a checkout has a compiler', () => {
    expect(compiler?.name).toMatch(/clang .*\d+\.\d+\.\d+/);
  });

  test('tables, a header of common/, and arrays on the stack of each of eight threads', async () => {
    put('common/zeros.h', '\ufeff#pragma once\r\nstatic const float zeros[3] = {0, -0.0f, 0};\r\n');
    const text = [
      '/** @about through an array on the stack\n * @threads any\n * @source here */\n#include "../common/zeros.h"',
      'static int counts[1000];',
      '__attribute__((noinline)) static void copy(volatile float *to, const float *from, int n) {',
      '  for (int i = 0; i < n; i++) to[i] = from[i];\n}',
      `void run(${parameters}) {\n  volatile float a[2000], b[2000];`,
      '  for (int i = 2000 * tid; i < N; i += 2000 * nthreads) {\n    int n = N - i < 2000 ? N - i : 2000;',
      '    copy(a, inp1 + i, n);\n    copy(b, inp2 + i, n);',
      '    for (int j = 0; j < n; j++) out[i + j] = a[j] + b[j] + zeros[j % 3] + counts[j % 1000];\n  }\n}',
    ].join('\n');
    const kernel = await built('stack.c', `\ufeff${text.replaceAll('\n', '\r\n')}`);
    expect(kernel).toMatchObject({ about: 'through an array on the stack', threads: 'any', source: 'here', tier: 'W' });
    expect(kernel.sources.map(({ path }) => path)).toEqual([
      'kernels/residual_forward/stack.c',
      'kernels/common/zeros.h',
    ]);
    for (const threads of [1, 8]) expect(await wrong(kernel, threads)).toBe(0);
    put('common/zeros.h', 'static const float zeros[3] = {0, 0, 0};');
    expect((await build(candidate('stack.c', text))).hash).not.toBe(kernel.hash);
  });

  test('more than a stack is told', async () => {
    const deep = `static float sum(volatile float *x, int n) {\n  volatile float own[500];\n  own[n % 500] = x[n];
  return n == 0 ? own[0] : own[n % 500] + sum(own, n - 1);\n}\nvoid run(${parameters}) { out[0] = sum((volatile float *)inp1, 33); }`;
    const kernel = await built('deep.c', `// @about recursion\n__attribute__((noinline)) ${deep}`);
    await expect(wrong(kernel, 1)).rejects.toThrow(/more than its stack of 65536 bytes: take memory from scratch/);
  });

  test('an error has its place, also in a header, and says how many follow', async () => {
    put('common/wrong.h', '// é\nstatic float twice(float x) { return /* é😀 */ x + y; }\n#define TWO z + z');
    const { message, place, hint } = await fault(compiler, '#include "../common/wrong.h"\nint two = TWO, three = w;');
    expect(message).toBe("does not build: use of undeclared identifier 'y' (and 3 more errors)");
    expect(place).toEqual({ file: expect.stringMatching(/kernels\/common\/wrong\.h$/), line: 2, column: 52 });
    expect(hint).toBeNull();
  });

  test('a function that no library defines is told, and where it is called', async () => {
    const text = `float expf(float); // expf(x)\nvoid run(${parameters}) {\n  out[0] = expf(N) + __builtin_sqrtf(N);\n}`;
    const { message, place, hint } = await fault(compiler, text);
    expect(message).toBe('does not build: calls expf, which nothing defines');
    expect(place).toMatchObject({ line: 3, column: 12 });
    expect(hint).toMatch(/There is no C library/);
  });

  test('other files are not there', async () => {
    await expect(fault(compiler, '#include "/etc/passwd"')).resolves.toMatchObject({
      message: expect.stringMatching(/imports \/etc\/passwd: a candidate may import from .*common and nowhere else/),
    });
    await expect(fault(compiler, '#define NAME "/etc/passwd"\n#include NAME')).resolves.toMatchObject({
      message: "does not build: '/etc/passwd' file not found",
      place: { line: 2, column: 10 },
    });
  });

  test('a trap names the function and the byte, and run in the source', async () => {
    const kernel = await built('traps.c', `/** @about traps */\nvoid run(${parameters}) {\n  __builtin_trap();\n}`);
    await expect(outputs(kernel, 1)).rejects.toMatchObject({
      message: expect.stringMatching(/unreachable, in function \d+, at byte \d+ of the module$/),
      place: { line: 2, column: 6 },
    });
  });

  test('without a compiler it is unsupported, and told what to install', async () => {
    await expect(compileC(null, { root: '/', entry: 'x.c', files: {} })).rejects.toMatchObject({
      status: 'unsupported',
      message: expect.stringMatching(
        /^needs a C compiler: install @yowasp\/clang .*, or clang \d+ or later with .* lld/,
      ),
    });
  });

  test('the example of docs/kernels.md computes what its op says', async () => {
    const page = readFileSync(join(packageRoot, 'docs/kernels.md'), 'utf8');
    const [, example] = /```c\n(.*?)```/s.exec(page) ?? [];
    expect(await wrong(await built('example.c', example ?? ''), 3)).toBe(0);
  });
});

describe('a ready-made module', () => {
  const run = `(func (export "run") (param i32 i32 i32 i32 i32 i32 i32)
    (f32.store (local.get 2) (f32.add (f32.load (local.get 3)) (f32.load (local.get 4)))))`;
  const module = (memory: string, rest = '') =>
    compile({ type: 'wat', text: `(module (import "env" "memory" (memory ${memory})) ${run} ${rest})` });
  const named = (name: string, text: string) => customSection(name, Buffer.from(text));

  test('is taken as it is, with a memory that is shared or not', async () => {
    const shared = await module('1 65536 shared');
    for (const bytes of [shared, await module('1 65536')]) {
      const kernel = await built('ready.wasm', bytes);
      const about = `a ready-made module of ${bytes.length} bytes`;
      expect(kernel).toMatchObject({ about, threads: 'one', flags: [], tier: 'W' });
      expect(await kernel.artifact(dims)).toEqual({ kind: 'wasm', bytes: new Uint8Array(shared) });
      const [{ text }] = kernel.sources;
      expect(Buffer.from(await (await fetch(text)).arrayBuffer())).toEqual(Buffer.from(bytes));
    }
  });

  test('names the function and the byte where it traps', async () => {
    const text = `(module (import "env" "memory" (memory 1 65536)) (func (export "run") (param i32 i32 i32 i32 i32 i32 i32) unreachable))`;
    await expect(outputs(await built('traps.wasm', await compile({ type: 'wat', text })), 1)).rejects.toMatchObject({
      message: expect.stringMatching(/unreachable, in function 0, at byte \d+ of the module$/),
    });
  });

  test('says in a section what others say in a comment', async () => {
    const plain = await module('1 65536');
    const bytes = [...plain, ...named('nfold', '@threads any\n@flags --no-liftoff')];
    expect(await built('tags.wasm', new Uint8Array(bytes))).toMatchObject({
      ...{ about: `a ready-made module of ${bytes.length} bytes`, threads: 'any', flags: ['--no-liftoff'] },
    });
    const whole = [...plain, ...named('nfold', '@about mine\n@source there')];
    expect(await built('tags.wasm', new Uint8Array(whole))).toMatchObject({ about: 'mine', source: 'there' });
    const odd = [...plain, ...named('nfold', '@threads 4')];
    await expect(built('tags.wasm', new Uint8Array(odd))).rejects.toThrow(/tags\.wasm should say 'one' or 'any'/);
  });

  test('has a stack for each thread if it exports the pointer', async () => {
    // It writes its thread's number to the stack, waits for all, and reads it back.
    const text = `(module (import "env" "memory" (memory 1 65536)) (global $sp (export "__stack_pointer") (mut i32) (i32.const 1024))
      (func (export "run") (param $tid i32) (param $n i32) (param $out i32) (param i32 i32 i32) (param $scratch i32)
        (i32.store (i32.sub (global.get $sp) (i32.const 16)) (local.get $tid))
        (drop (i32.atomic.rmw.add (local.get $scratch) (i32.const 1)))
        (loop $wait (br_if $wait (i32.lt_u (i32.atomic.load (local.get $scratch)) (local.get $n))))
        (f32.store (i32.add (local.get $out) (i32.shl (local.get $tid) (i32.const 2)))
          (f32.convert_i32_u (i32.load (i32.sub (global.get $sp) (i32.const 16)))))))`;
    const bytes = [...(await compile({ type: 'wat', text })), ...named('nfold', '@threads any')];
    const kernel = await built('stacks.wasm', new Uint8Array(bytes));
    for (const out of await outputs(kernel, 6)) expect([...out.subarray(0, 6)]).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test.each([
    ['cut.wasm', async () => (await module('1 65536')).subarray(0, 40), /is not a valid WebAssembly module/],
    ['text.wasm', async () => '(module)', /is not a valid WebAssembly module/],
    ['empty.wasm', async () => '', /is not a valid WebAssembly module/],
    ['grows.wasm', async () => module('1 16'), /imports a memory of 1 to 16 pages/],
    ['endless.wasm', async () => module('1'), /imports a memory of another kind/],
    ['starts.wasm', async () => module('1 65536', '(func $now) (start $now)'), /has a start function/],
    ['large.wasm', async () => new Uint8Array(2 ** 20 + 1), /large\.wasm has 1048577 bytes: the limit is 1048576$/],
  ])('%s is refused', async (name, content, message) => {
    await expect(built(name, await content())).rejects.toThrow(message);
  });
});
