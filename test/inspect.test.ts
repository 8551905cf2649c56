/** nfold inspect: on modules whose loops, passes and flop are known, on scripts that V8 deoptimizes, and on what cannot be inspected. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { stopCompiler } from '../src/compiler/compile.ts';
import { type Inspection, inspectData } from '../src/schemas/inspect.ts';
import { nfold } from './support/command.ts';
import { prepare } from './support/prepared.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-inspect-'));
prepare(folder);
afterAll(() => {
  stopCompiler();
  rmSync(folder, { recursive: true, force: true });
});

const cpus = '/proc/cpuinfo';
const hasAvx2 = existsSync(cpus) && /\bavx2\b/.test(readFileSync(cpus, 'utf8'));
const run = (...args: string[]) => nfold(['inspect', ...args], { cwd: folder });

function write(name: string, text: string): void {
  const file = join(folder, 'kernels/residual_forward', name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

async function inspected(...args: string[]): Promise<Inspection> {
  const { code, stdout, stderr } = await run(...args, '--json');
  expect({ code, error: /nfold:/.test(stderr) }).toEqual({ code: 0, error: false });
  return inspectData.strict().parse(JSON.parse(stdout));
}

const at = (base: string, offset = 0) => `offset=${offset} (i32.add (local.get ${base}) (local.get $i))`;
const kernel = (about: string, body: string) => `;; @about ${about}
(module
  (import "env" "memory" (memory 1 65536 shared))
  (func (export "run") (param $tid i32) (param $nthreads i32) (param $out i32) (param $a i32) (param $b i32)
    (param $N i32) (param $scratch i32) (local $i i32) (local $k i32)
    ${body}))`;
const next = (bytes: number) =>
  `(br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const ${bytes}))) (i32.shl (local.get $N) (i32.const 2))))`;
/** out = a + b, and 2 * 4 flop more for nothing. */
const vectors = `(loop $next
  (v128.store ${at('$out')} (f32x4.relaxed_madd (v128.const f32x4 0 0 0 0) (v128.load ${at('$b')})
    (f32x4.add (v128.load ${at('$a')}) (v128.load ${at('$b')}))))
  ${next(16)})`;

describe('the hot loop', () => {
  test('is the one that does most of the work, by the passes that it makes', async () => {
    // The other loop has more arithmetic in a pass, and makes two passes.
    const other = `(loop $again (f32.store ${at('$scratch')} ${'(f32.sqrt '.repeat(20)}(f32.load ${at('$a')})${')'.repeat(20)})
      (br_if $again (i32.lt_u (local.tee $k (i32.add (local.get $k) (i32.const 1))) (i32.const 2))))`;
    write('vectors.wat', kernel('two loops', `${other} ${vectors}`));
    const { module, wat, machineCode, revectorizer, timed, measured } = await inspected(
      'residual_forward/vectors',
      '--case',
      'N8192',
    );
    expect(module).toMatchObject({
      functions: 1,
      dataBytes: 0,
      memory: { initial: 1, maximum: 65536, shared: true },
      imports: [{ module: 'env', name: 'memory', kind: 'memory' }],
    });
    const names = ['tid', 'nthreads', 'out', 'inp1', 'inp2', 'N', 'scratch'];
    expect(module?.exports).toEqual([
      { name: 'run', kind: 'function', parameters: names.map((name) => `${name}: i32`) },
    ]);
    expect(wat).toMatchObject({ why: null, guessed: null, loops: 2, hot: { function: 0, flop: 12, passes: 2048 } });
    expect(wat.hot?.operations).toMatchObject({ 'f32x4.relaxed_madd': 1, 'f32x4.add': 1, 'v128.load': 3, br_if: 1 });
    expect(wat.hot?.share).toBeCloseTo((2048 * 12) / (2048 * 12 + 2 * 20));
    const lines = wat.text.split('\n');
    expect(lines[(wat.hot?.firstLine ?? 0) - wat.textLine]).toMatch(/^ +loop /);
    expect(lines[(wat.hot?.lastLine ?? 0) - wat.textLine]).toMatch(/^ +end\)?$/);
    expect([timed, measured]).toEqual([true, null]);
    // Elsewhere, or where this Node prints none, a sentence says so.
    if (machineCode.pass) {
      // V8 may unroll; a processor without fused multiply-adds gets two instructions, which are as many flop.
      expect(machineCode.pass.flop % 12).toBe(0);
      expect(machineCode.pass.kinds.store).toBe(machineCode.pass.flop / 12);
      expect(machineCode.pass.instructions).toBeLessThanOrEqual(machineCode.code.length);
      expect(machineCode.gflops).toBeGreaterThan(0);
    } else expect(machineCode.why).toMatch(/\w{10}/);
    if (process.arch === 'x64' && revectorizer.why === null) expect(revectorizer.functions[0].tried).toBe(0);
  });

  test('in C: V8 says of each function which pairs it would join', async () => {
    const { wat, revectorizer } = await inspected('gelu_forward/base2-wasmrelaxedsimd', '--case', 'N32768');
    expect(wat.hot?.operations).toMatchObject({ 'f32x4.div': expect.any(Number) });
    expect(revectorizer.asked).toBe(false);
    if (process.arch === 'x64' && hasAvx2)
      expect(revectorizer).toMatchObject({ why: null, functions: [{ function: 0 }] });
  });

  test('counts nested loops, each by itself', async () => {
    const inner =
      '(loop $again (br_if $again (i32.and (local.tee $k (i32.add (local.get $k) (i32.const 1))) (i32.const 3))))';
    write('nested.wat', kernel('a loop in a loop', `(loop $next ${inner} ${next(4)})`));
    const { wat } = await inspected('residual_forward/nested', '--case', 'N8192', '--wat');
    // 8192 times four passes of five instructions, and 8192 times eight.
    expect(wat.hot).toMatchObject({ flop: 0, passes: 4 * 8192 });
    expect(wat.hot?.share).toBeCloseTo((4 * 7) / (4 * 7 + 8), 1);
    expect(wat.text).toMatch(/^\(module\n[\s\S]*\)\)$/);
  });

  test('is a guess in a module that traps, and the sentence says why', async () => {
    const trap = '(if (i32.eq (local.get $i) (i32.const 64)) (then unreachable))';
    write(
      'trap.wat',
      kernel('traps', `(loop $next ${trap} (f32.store ${at('$out')} (f32.load ${at('$a')})) ${next(4)})`),
    );
    const { stdout, code } = await run('residual_forward/trap', '--case', 'N8192');
    expect(code).toBe(0);
    expect(stdout.replace(/\s+/g, ' ')).toMatch(/a guess, .* as its passes could not be counted: .*unreachable/);
  });

  test('is missing in a module without a loop', async () => {
    write('straight.wat', kernel('no loop', '(f32.store (local.get $out) (f32.load (local.get $a)))'));
    const { wat, machineCode } = await inspected('residual_forward/straight', '--case', 'N8192');
    expect([wat.hot, wat.why, wat.loops]).toEqual([null, 'the module has no loop', 0]);
    expect(machineCode.pass).toBeNull();
  });

  test('is not known in a module that its text does not show: one with a tail call', async () => {
    const type = [1, 11, 1, 0x60, 7, ...Array(7).fill(0x7f), 0];
    const memory = [2, 18, 1, 3, ...Buffer.from('env'), 6, ...Buffer.from('memory'), 2, 3, 1, 0x80, 0x80, 4];
    const call = [0, ...[0, 1, 2, 3, 4, 5, 6].flatMap((i) => [0x20, i]), 0x12, 1, 0x0b];
    const code = [10, 23, 2, 18, ...call, 2, 0, 0x0b];
    const all = [
      0,
      ...Buffer.from('asm'),
      1,
      0,
      0,
      0,
      ...type,
      ...memory,
      3,
      3,
      2,
      0,
      0,
      7,
      7,
      1,
      3,
      ...Buffer.from('run'),
      0,
      0,
      ...code,
    ];
    write(
      'tail.wasm.ts',
      `export default { about: 'a tail call', generate: () => new Uint8Array(${JSON.stringify(all)}) };`,
    );
    const { module, wat, machineCode } = await inspected('residual_forward/tail', '--case', 'N8192');
    expect([wat.hot, machineCode.pass, module?.functions]).toEqual([null, null, 2]);
    expect(wat.why).toMatch(/^the module cannot be shown as text: /);
    expect(module?.exports[0].parameters).toContain('scratch');
  });

  test('that no case reaches is no hot loop', async () => {
    write('idle.wat', kernel('an idle loop', `(if (i32.eq (local.get $N) (i32.const -1)) (then ${vectors}))`));
    const { wat } = await inspected('residual_forward/idle', '--case', 'N8192');
    expect([wat.hot, wat.why, wat.loops]).toEqual([null, 'no loop of the module ran in this case', 1]);
  });
});

test('on another processor, the parts that are not read are one sentence each', async () => {
  write('elsewhere.wat', kernel('vectors', vectors));
  vi.stubGlobal(
    'process',
    new Proxy(process, { get: (own, name) => (name === 'arch' ? 'arm64' : Reflect.get(own, name)) }),
  );
  try {
    const { wat, machineCode, revectorizer } = await inspected('residual_forward/elsewhere', '--case', 'N8192');
    expect(wat.hot?.passes).toBe(2048);
    expect(machineCode).toMatchObject({ pass: null, code: [], why: expect.stringMatching(/^nfold reads .* arm64$/) });
    expect(revectorizer).toMatchObject({ functions: [], why: 'V8 has no revectorizer for this processor' });
  } finally {
    vi.unstubAllGlobals();
  }
});

describe('a TypeScript candidate', () => {
  test('that changes the shape of an object is told so, at the line of its source', async () => {
    write(
      'deopt.ts',
      `interface Box { readonly value: number }
let turn = 0;
const boxes: readonly Box[] = [{ value: 1 }, { a: 1, value: 1 } as Box, { b: 1, value: 1 } as Box, { c: 1, value: 1 } as Box];

function scaled(box: Box, x: number): number {
  return box.value * x;
}

export default {
  about: 'deoptimizes on purpose',
  setup({ N }: { N: number }) {
    return ({ out, inp1, inp2 }: Record<string, Float32Array>) => {
      turn++;
      const box = boxes[[100, 300, 900].indexOf(turn) + 1];
      for (let i = 0; i < N; i++) out[i] = inp1[i] + scaled(box, inp2[i]);
    };
  },
};
`,
    );
    const { tier, module, wat, optimizer } = await inspected('residual_forward/deopt', '--case', 'N32768');
    expect([tier, module, wat.why]).toEqual(['J', null, 'the candidate is JavaScript']);
    const file = 'kernels/residual_forward/deopt.ts';
    const called = optimizer.found?.functions.find(({ place }) => place?.line === 12);
    expect(called).toMatchObject({ name: '', place: { file }, inlined: ['scaled'] });
    expect((called?.optimized ?? 0) + (called?.inLoop ?? 0)).toBeGreaterThan(0);
    expect(optimizer.found?.deoptimizations).toContainEqual({
      reason: 'wrong map',
      meaning: 'an object had another shape than before',
      place: { file, line: 6, column: expect.any(Number) },
      count: expect.any(Number),
    });
  });

  test('that throws is told so, and the command fails', async () => {
    write('throws.ts', `export default { about: 'throws', setup: () => () => { throw new Error('on purpose'); } };`);
    const { code, stdout } = await run('residual_forward/throws', '--case', 'N8192');
    expect(code).toBe(1);
    expect(stdout).toContain('not known, as it did not run: on purpose');
  });
});

test('sentences stay within 80 columns', async () => {
  write('wide.wat', kernel('an idea in words '.repeat(10).trim(), vectors));
  const { stdout } = await run('residual_forward/wide', '--case', 'N8192');
  const sentences = stdout.split('\n').filter((line) => !/^ {4}\S|^ [ >] +\d+ /.test(line));
  expect(sentences.filter((line) => line.length > 80)).toEqual([]);
  expect(stdout).toContain("'nfold bench residual_forward/wide --case N8192");
});

describe('one sentence for', () => {
  test.each([
    [['sgemm/ikj-tss'], 3, /^nfold: Nothing is called .* Did you mean 'sgemm\/ikj-ts'\?/],
    [['sgemm'], 2, /^nfold: 'sgemm' selects \d+ candidates: inspect takes one, such as sgemm\//],
    [['onnxruntime-node'], 2, /^nfold: onnxruntime-node is a peer/],
    [['sgemm/ikj-ts', '--case', 'Q9'], 3, /^nfold: No case matches 'Q9': cases are called M64N64K64/],
    [['sgemm/ikj-ts', '--case', 'M256'], 2, /^nfold: 'M256' matches 7 cases and inspect takes one: give one of M256/],
    [['no-such.wat'], 2, /^nfold: There is no file no-such.wat/],
    [[], 2, /^nfold: missing required argument 'candidate'/],
  ])('nfold inspect %j', async (args, code, message) => {
    const outcome = await run(...args);
    expect(outcome).toMatchObject({ code, stdout: '' });
    expect(outcome.stderr).toMatch(message);
  });

  test('a candidate that does not build', async () => {
    write('broken.wat', ';; @about broken\n(module (func (export "run") (nonsense)))');
    const { code, stdout, stderr } = await run('residual_forward/broken');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^nfold: kernels\/residual_forward\/broken.wat:2:\d+: does not build: [^\n]+\n$/);
  });
});
