/** What is said of C that is wrong, by each compiler; and what happens where there is none and where it does not end. */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { checkModule, declareShared } from '../../src/build/module.ts';
import { cSources } from '../../src/build/sources.ts';
import { compileC } from '../../src/compiler/c.ts';
import { type Compiler, cCompiler, systemClang } from '../../src/compiler/clang.ts';
import { packageRoot } from '../../src/files/places.ts';
import { kernelFolder, parameters } from '../support/c.ts';

const { folder, put, candidate, fault } = kernelFolder();
const fakes = join(folder, 'fakes');
mkdirSync(fakes);
const asClang = (tool: string) =>
  `exec '${process.execPath}' '${join(packageRoot, 'test/fixtures/clang/clang.mjs')}' ${tool} "$@"`;
for (const [name, line] of [
  ['clang', 'exit 3'],
  ['clang-3', asClang('clang')],
  ['wasm-ld', asClang('wasm-ld')],
]) {
  writeFileSync(join(fakes, name), `#!/bin/sh\n${line}\n`);
  chmodSync(join(fakes, name), 0o755);
}

const path = process.env.PATH;
afterAll(() => {
  process.env.PATH = path;
});

const packaged = (await cCompiler()) as Compiler;
const system = await systemClang();
const compilers = [packaged, ...(system ? [system] : [])].map((compiler) => [compiler.name, compiler] as const);

/** A body of `run`, or a whole file that has it. */
const whole = (text: string) => (text.includes('run(') ? text : `void run(${parameters}) {\n${text}\n}`);

/** The message; the text; line and column; the hint. */
const faults: [RegExp, string, [number, number] | null, RegExp | null][] = [
  [/expected ';' after expression/, 'out[0] = inp1[0]', [2, 17], null],
  [/use of undeclared identifier 'missing'/, '  out[0] = "ä😀"[0] + missing;', [2, 23], null],
  [/'missing'/, '\tout[0] = missing;', [2, 11], null],
  [/'a' \(and \d\d more errors\)$/, 'a; b; c; d; e; f; g; h; i; j; k; l; m; n; o; p; q; r; s; t; u;', [2, 1], null],
  [/call to undeclared .*function 'expf'/, 'out[0] = expf(N);', [2, 10], /no C library/],
  [/call to undeclared .*function 'memcpy'/, 'memcpy(out, inp1, N);', [2, 1], /no C library/],
  [/calls tanhf, which nothing defines$/, 'out[0] = __builtin_tanhf(N);', [2, 10], /no C library/],
  [/calls own, which nothing defines$/, 'extern float own(float);\nout[0] = own(1);', [3, 10], /no C library/],
  [/'math\.h' file not found/, '#include <math.h>\nvoid run(void);', [1, 10], /no C library/],
  [/imports \/etc\/passwd: a candidate may import from/, '#include "/etc/passwd"\nvoid run(void);', [1, 11], null],
  [/imports .*fakes\/clang: a candidate may/, '#include "../../fakes/clang"\nvoid run(void);', [1, 11], null],
  [/'\/etc\/passwd' file not found/, '#inc\\\nlude "/etc/passwd"\nvoid run(void);', [2, 6], /kernels\/common/],
  [/'\/etc\/passwd' file not found/, '%:include </etc/passwd>\nvoid run(void);', [1, 11], /kernels\/common/],
  [
    /'\/etc\/passwd' file not found/,
    '#define P "/etc/passwd"\n#include P\nvoid run(void);',
    [2, 10],
    /kernels\/common/,
  ],
  [/'\/etc\/passwd' file not found/, 'const char x[] = {\n#embed "/etc/passwd"\n};\nvoid run(void);', [2, 8], null],
  [/none/, '#if __has_include("/etc/passwd")\nvoid run(void) {}\n#else\n#error none\n#endif', [4, 2], null],
  [/inline assembly is disabled/, '__asm__(".incbin \\"/etc/passwd\\"");\nvoid run(void);', [1, 1], /builtins/],
  [
    /stack frame size .* exceeds/,
    'volatile float x[20000];\nfor (int i = 0; i < N; i++) x[i] = 0;',
    [1, 6],
    /scratchBytes/,
  ],
  [/variable length array/, 'volatile float x[N];\nx[0] = 0;', [2, 18], /scratchBytes/],
  [/alloca/, '*(volatile char *)__builtin_alloca(N) = 0;', [2, 19], /scratchBytes/],
  [/\d+ bytes of static data are more than/, 'static float x[20000];\nx[N]++;\nout[0] = x[0];', null, /scratchBytes/],
  [/variable of each thread/, 'static _Thread_local int x;\nout[0] = x++;', [2, 8], /by its tid/],
  [/the compiler breaks down/, '#pragma clang __debug crash\nvoid run(void);', null, null],
  [/the compiler breaks down/, `int x = ${'('.repeat(20000)}1${')'.repeat(20000)};\nvoid run(void);`, null, null],
  [/nested too deeply/, '#include "mine.c"\nvoid run(void);', [1, 10], null],
  [/'x'/, '#line 9 "/etc/passwd"\nvoid run(void) { x; }', null, null],
  [/exports no function$/, '// run(', null, /^export run\(tid, nthreads/],
  [/exports no function$/, 'static void run(void) {}', null, /^export run\(tid, nthreads/],
];

describe.each(compilers)('%s', (_, compiler) => {
  test.each(faults)('%s', async (message, text, place, hint) => {
    const error = await fault(compiler, whole(text));
    expect(error.message).toMatch(message);
    expect(error.message).not.toMatch(/out\.o|tool-|\[-W/);
    expect(error.place && [error.place.line, error.place.column]).toEqual(place);
    if (place) expect(error.place?.file).toMatch(/kernels\/residual_forward\/mine\.c$/);
    if (hint) expect(error.hint).toMatch(hint);
  });

  test('a file that is cut anywhere', async () => {
    put('common/half.h', '#pragma once\nstatic inline float half(float x) { return x / 2; }\n');
    const text = `/* @about é */\n#include "../common/half.h"\n${whole('  for (int i = 0; i < N; i++) out[i] = half(inp1[i]);')}`;
    for (let length = 0; length < text.length; length += 20) {
      const { message, place } = await fault(compiler, text.slice(0, length));
      if (!/exports no function/.test(message)) expect(place).toMatchObject({ line: expect.any(Number) });
    }
  });

  test('macros that grow without end are given up, and the next file builds', async () => {
    const lines = Array.from({ length: 40 }, (_, i) => `#define A${i + 1} A${i} A${i}`);
    const { message } = await fault(compiler, `#define A0 1 +\n${lines.join('\n')}\nint x = A40 1;\n`);
    expect(message).toMatch(/does not finish building within 60 s|ended the process|breaks down|out of memory/);
    await expect(
      compileC(compiler, await cSources(candidate('mine.c', whole('out[0] = 1;')).file)),
    ).resolves.toBeDefined();
  });
});

test('a clang of the system is found behind one that is none, and used', async () => {
  process.env.PATH = fakes;
  const found = await systemClang();
  expect(found?.name).toBe('fake clang version 1.2.3, fake LLD 1.2.3');
  const text = '/* @about x */\nvoid run(void) {}';
  const { file } = candidate('mine.c', text);
  const bytes = await compileC(found, await cSources(file));
  await checkModule(declareShared(bytes));
  expect(Buffer.from(bytes)).toEqual(Buffer.from(await compileC(packaged, await cSources(file))));
  await expect(fault(found, '\nvoid run(void) { x; }')).resolves.toMatchObject({ place: { line: 2, column: 18 } });
  process.env.PATH = join(folder, 'nowhere');
  expect(await systemClang()).toBeNull();
  process.env.PATH = path;
});

test('without a compiler a candidate is unsupported, which is no failure, and all say what to install', async () => {
  const copy = join(folder, 'copy');
  for (const part of ['src', 'baselines', 'kernels', 'bench', 'package.json'])
    cpSync(join(packageRoot, part), join(copy, part), { recursive: true });
  mkdirSync(join(copy, 'node_modules'));
  for (const name of readdirSync(join(packageRoot, 'node_modules')).filter((name) => name !== '@yowasp'))
    symlinkSync(join(packageRoot, 'node_modules', name), join(copy, 'node_modules', name));
  const id = 'gelu_forward/base2-wasmrelaxedsimd';
  const run = (...args: string[]) => {
    const env = { PATH: '/nowhere', NO_COLOR: '1' };
    const nfold = join(copy, 'src/nfold.js');
    return spawnSync(process.execPath, [nfold, ...args], { cwd: copy, env, encoding: 'utf8' });
  };
  const advice = /install @yowasp\/clang \(npm install --save-dev @yowasp\/clang\), or clang \d+ or later/;
  const verified = run('verify', id, '--quick');
  expect(verified.status).toBe(0);
  expect(verified.stdout).toMatch(/unsupported/);
  expect(verified.stdout).toMatch(advice);
  expect(run('list', id).stdout).toMatch(/x times a sigmoid/);
});
