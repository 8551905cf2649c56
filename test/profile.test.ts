/** nfold profile: marks in sources and cells, profiles from what they say, and the command around them. */

import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { suites } from '../bench/suites.ts';
import { build, buildBaseline, buildMarked, buildMarkedBaseline } from '../src/build/build.ts';
import { marked, markedOps } from '../src/build/marks.ts';
import { checkModule } from '../src/build/module.ts';
import { loadOp } from '../src/catalog/ops.ts';
import { Marks } from '../src/cell/marks.ts';
import { Timer } from '../src/cell/timer.ts';
import { stopCompiler } from '../src/compiler/compile.ts';
import type { Case } from '../src/contract/op.ts';
import type { Variant } from '../src/contract/variant.ts';
import { packageRoot } from '../src/files/places.ts';
import { callOn } from '../src/judge/batch.ts';
import { compose } from '../src/judge/compose.ts';
import { profileOf } from '../src/profile/profile.ts';
import { KeptProfile } from '../src/records/profile.ts';
import { Profiled } from '../src/schemas/wings.ts';
import { amdahl } from '../src/stats/amdahl.ts';
import { nfold } from './support/command.ts';
import { prepare } from './support/prepared.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-profile-'));
prepare(folder);
afterAll(() => {
  stopCompiler();
  rmSync(folder, { recursive: true, force: true });
});

const lmOps = suites.find(({ name }) => name === 'lm_ops')?.ops ?? [];
const fused = 'fused-6x8-wasmrelaxedsimd';
const fileOf = (name: string, root = packageRoot) => join(root, 'kernels/train_gpt2', `${name}.as.ts`);
const candidate = (file: string) => ({ id: `train_gpt2/${fused}`, op: 'train_gpt2', kind: 'as.ts', file }) as const;
const panels = 'panels-6x8-wasmrelaxedsimd';
const generator = (name: string, root = packageRoot) => {
  const file = join(root, 'kernels/train_gpt2', `${name}.wasm.ts`);
  return { id: `train_gpt2/${name}`, op: 'train_gpt2', kind: 'wasm.ts', file } as const;
};

/** A copy of the kernels in the test's folder, changed: `name` is the fused candidate on a common/gpt2.as.ts of its own. */
function changed(name: string, change: (text: string) => string): void {
  mkdirSync(join(folder, 'kernels/train_gpt2'), { recursive: true });
  cpSync(join(packageRoot, 'kernels/common'), join(folder, 'kernels/common'), { recursive: true });
  const step = readFileSync(join(packageRoot, 'kernels/common/gpt2.as.ts'), 'utf8');
  writeFileSync(join(folder, `kernels/common/${name}.as.ts`), change(step));
  const entry = readFileSync(fileOf(fused), 'utf8').replace("'../common/gpt2.as'", `'../common/${name}.as'`);
  writeFileSync(fileOf(name, folder), entry);
}

const unmarked = (text: string) => text.replace(/ *\/\/ @mark .*$/gm, '');

async function wasmOf(built: Variant | null, dims: Case['dims'] = {}): Promise<Uint8Array> {
  const artifact = await built?.artifact(dims);
  if (artifact?.kind !== 'wasm') throw new Error('no module');
  return artifact.bytes;
}

describe('marks in AssemblyScript', () => {
  test('become calls with one bit an op, in the order of lm_ops', async () => {
    expect(markedOps).toEqual(lmOps);
    for (const [i, op] of lmOps.entries()) {
      expect((await marked({ f: `  work(); // @mark ${op}` }))?.f).toMatch(`  __mark(${2 ** i}); work();\n`);
    }
    const both = await marked({ f: 'for (;;) { // @mark residual_forward layernorm_forward\n', g: 'rest();' });
    expect(both?.f).toMatch(`__mark(${2 ** 4 + 2 ** 1}); for (;;) {\n`);
    expect(both?.g).toBe('rest();');
    expect((await marked({ f: 'barrier(); // @mark rest' }))?.f).toMatch('__mark(0); barrier();');
    expect(await marked({ f: 'work(); // no mark' })).toBeNull();
    await expect(marked({ 'x.as.ts': 'work(); // @mark gelu' })).rejects.toThrow(
      /^x.as.ts marks 'gelu', which is none of rest,/,
    );
  });

  test('are nothing in an ordinary build: the same bytes as without them', async () => {
    // In a root of their own, under the same names: what asc makes of a file depends on its name.
    const root = join(folder, 'bare');
    for (const part of ['common', `train_gpt2/${fused}.as.ts`]) {
      cpSync(join(packageRoot, 'kernels', part), join(root, 'kernels', part), { recursive: true });
    }
    const step = join(root, 'kernels/common/gpt2.as.ts');
    writeFileSync(step, unmarked(readFileSync(step, 'utf8')));
    const bare = candidate(fileOf(fused, root));
    expect(Buffer.compare(await wasmOf(await build(bare)), await wasmOf(await build(candidate(fileOf(fused)))))).toBe(
      0,
    );
    expect(await buildMarked(bare)).toBeNull();
  });

  test('import env.mark, which a profile build alone may', async () => {
    const bytes = await wasmOf(await buildMarked(candidate(fileOf(fused))));
    await checkModule(bytes, true);
    await expect(checkModule(bytes)).rejects.toThrow(/imports the function env.mark/);
  });
});

describe('marks in the text of a generator', () => {
  const dims = { B: 1, T: 5, L: 2, C: 8, NH: 2, V: 33 };

  test('become calls, on lines of their own', async () => {
    const texts = await marked({
      'module.wat': '(module\n  ;; @mark gelu_forward adamw\n (nop) ;; @mark rest\n;; @mark rest\n)',
    });
    const bits = 2 ** lmOps.indexOf('gelu_forward') + 2 ** lmOps.indexOf('adamw');
    expect(texts?.['module.wat'].split('\n').slice(1)).toEqual([
      `  (call $__mark (i32.const ${bits}))`,
      ' (nop) ;; @mark rest',
      '(call $__mark (i32.const 0))',
      ')',
    ]);
    expect(texts?.['module.wat']).toMatch(/^\(module \(import "env" "mark"/);
  });

  test('import env.mark, which a profile build alone may, and are nothing in an ordinary one', async () => {
    const bytes = await wasmOf(await buildMarked(generator(panels)), dims);
    await checkModule(bytes, true);
    await expect(checkModule(bytes)).rejects.toThrow(/imports the function env.mark/);
    await checkModule(await wasmOf(await build(generator(panels)), dims));
  });

  test('that name no op are an error, and without any there is no profile build', async () => {
    const written = (name: string, mark: string) => {
      mkdirSync(join(folder, 'kernels/train_gpt2'), { recursive: true });
      const text = `export default { about: 'x', generate: () => \`(module\n${mark}\n)\` };`;
      const file = generator(name, folder);
      writeFileSync(file.file, text);
      return file;
    };
    const strange = await buildMarked(written('odd-wasm', ';; @mark adam'));
    await expect(wasmOf(strange)).rejects.toThrow(
      /odd-wasm.wasm.ts marks 'adam', which is none of rest, encoder_forward,/,
    );
    expect(await buildMarked(written('none-wasm', ';; no mark'))).toBeNull();
  });
});

test('marks cover a call from the first reading of the clock to the last', () => {
  let now = 0n;
  const marks = new Marks(() => {
    now += 7n;
    return now;
  });
  for (const stretches of [3, 1]) {
    const began = now + 7n;
    marks.over(() => {
      for (let i = 0; i < stretches; i++) marks.mark(i % 2);
    });
    const sums = new Map(marks.sums());
    expect(sums.values().reduce((total, ns) => total + ns, 0)).toBe(Number(now - began));
    // What comes before the first mark is no op's, as is what follows a mark of none.
    expect(sums.get(1) ?? 0).toBe(stretches === 3 ? 7 : 0);
  }
});

describe('a marked cell', () => {
  test.each([
    ['the baseline', () => buildMarkedBaseline('train_gpt2'), 1],
    [fused, () => buildMarked(candidate(fileOf(fused))), 1],
    [`${fused} on two threads`, () => buildMarked(candidate(fileOf(fused))), 2],
    [panels, () => buildMarked(generator(panels)), 1],
    [`${panels} on two threads`, () => buildMarked(generator(panels)), 2],
  ] as const)('accounts for all of the time of %s, and alone for all ops', async (_, make, threads) => {
    const op = await loadOp('train_gpt2');
    const [c] = op.cases;
    const variant = (await make()) as Variant;
    const timer = new Timer(variant, threads);
    try {
      const image = compose({ op, case: c, distribution: op.distributions[0], text: new Uint8Array(4096) }, 1);
      await timer.open(image);
      const call = callOn(image, []);
      const { timeNs, marked: calls = [] } = await timer.turn(Array(12).fill(call));
      expect(calls).toHaveLength(12);
      // What is left is two readings of the clock, and on a busy machine whatever came between them: not in every call.
      const left = calls.map((times, i) => timeNs[i] - times.reduce((total, [, ns]) => total + ns, 0));
      expect(Math.min(...left)).toBeGreaterThanOrEqual(0);
      expect(Math.min(...left)).toBeLessThan(1e6);
      for (const times of calls) {
        // Of two threads, the other may have taken all units of an op from a queue.
        const all = times.reduce((some, [ops]) => some | ops, 0);
        if (threads === 1) expect(all).toBe(2 ** lmOps.length - 1);
        else expect(all).toBeGreaterThan(0);
      }
    } finally {
      timer.close();
    }
  });
});

describe('a profile', () => {
  test('is the median of each op, and sets that overlap are one', () => {
    const calls = [10, 30, 20].map(
      (ns) =>
        [
          [0, 1],
          [2, ns],
          [2 | 16, 5],
          [1, 2 * ns],
        ] as const,
    );
    const { stepNs, ops, sumNs } = profileOf([70, 60, 90], calls);
    expect({ stepNs, sumNs }).toEqual({ stepNs: 70, sumNs: 66 });
    expect(ops?.map(({ ops, timeNs }) => [...ops, timeNs])).toEqual([
      ['encoder_forward', 40],
      ['layernorm_forward', 'residual_forward', 25],
      [1],
    ]);
    expect(ops?.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
  });

  test('has no ops where none was marked', () => {
    expect(profileOf([7], [[[0, 7]]])).toEqual({ stepNs: 7, ops: null, sumNs: null });
  });

  test("Amdahl's law", () => {
    expect(amdahl(0.06, 40)).toBeCloseTo(1.0621, 4);
    expect(amdahl(0.5, 1e12)).toBeCloseTo(2);
    expect(amdahl(0, 40)).toBe(1);
  });
});

const profiled = (...args: string[]) => nfold(['profile', ...args], { cwd: folder });
const smallest = ['--case', 'B4T32L2C64NH4V256', '--quick', '--seed', '3', '--threads', '1'];

describe('nfold profile', () => {
  test('has each op of the baseline once, and the groups of a fused candidate cover them', async () => {
    const { code, stdout, stderr } = await profiled(`train_gpt2/${fused}`, ...smallest, '--json');
    expect({ code, stderr: /error/i.test(stderr) }).toEqual({ code: 0, stderr: false });
    const { seed, profiles } = JSON.parse(stdout);
    const [file] = readdirSync(join(folder, '.nfold/profiles'));
    const kept = KeptProfile.parse(JSON.parse(readFileSync(join(folder, '.nfold/profiles', file), 'utf8')));
    expect(kept).toMatchObject({ ...JSON.parse(stdout), interrupted: false, effort: 'quick' });
    expect(Profiled.parse(JSON.parse(stdout))).toEqual(JSON.parse(stdout));
    const steps = [await buildBaseline('train_gpt2'), await build(candidate(fileOf(fused)))];
    expect(kept.variants).toEqual(steps.map(({ id, hash }) => ({ id, hash })));
    expect(seed).toBe(3);
    expect(profiles).toHaveLength(1);
    const [{ baseline, candidate: own, amdahl: gains, case: name }] = profiles;
    expect(name).toBe(smallest[1]);
    expect(gains).toEqual([]);
    expect(baseline.ops.map(({ ops }: { ops: string[] }) => ops)).toEqual([...lmOps.map((op) => [op]), []]);
    expect(own).toMatchObject({ id: `train_gpt2/${fused}`, threads: 1 });
    const groups: string[][] = own.ops.map(({ ops }: { ops: string[] }) => ops);
    expect(groups.flat().sort()).toEqual([...lmOps].sort());
    expect(groups).toContainEqual(['layernorm_forward', 'residual_forward']);
    for (const { stepNs, sumNs, ops } of [baseline, own]) {
      expect(stepNs).toBeGreaterThan(0);
      expect(ops.every(({ timeNs }: { timeNs: number }) => timeNs > 0)).toBe(true);
      expect(ops.reduce((sum: number, { timeNs }: { timeNs: number }) => sum + timeNs, 0)).toBeCloseTo(sumNs, 0);
    }
  });

  describe('with candidates of the user', () => {
    beforeAll(() => {
      changed('bare', unmarked);
      changed('off', (text) => text.replace('sum / BT', 'sum / BT + 1'));
      changed('strange', (text) => text.replace('@mark adamw', '@mark adam'));
    });

    test('one that marks nothing is known by its step alone', async () => {
      // A record of another version is passed over, one with means of ops is read.
      const records = join(folder, '.nfold/records');
      mkdirSync(records, { recursive: true });
      const published = join(packageRoot, 'bench/records');
      const record = JSON.parse(readFileSync(join(published, readdirSync(published)[0]), 'utf8'));
      const mean = (id: string, value: number) => ({
        ...record.means[0],
        ...{ candidate: id, suite: 'lm_ops', peer: false, arithmetic: { value, low: null, high: null } },
      });
      const means = [mean('gelu_forward/slow', 2), mean('gelu_forward/fast', 40)];
      const candidates = means.map(({ candidate }) => ({ ...record.candidates[0], candidate, peer: false }));
      writeFileSync(join(records, `${record.id}.json`), JSON.stringify({ ...record, candidates, means }));
      writeFileSync(join(records, 'z.json'), '{}');
      const { code, stdout } = await profiled('train_gpt2/bare', ...smallest);
      expect(code).toBe(0);
      expect(stdout).toMatch(/train_gpt2\/bare marks no ops: only its whole step is known\./);
      expect(stdout).toMatch(/step without marks: baseline .*, candidate .*: \d.*x\nsum of the rows: {4}baseline .* %/);
      expect(stdout.replace(/\n +/g, ' ')).toMatch(
        /gelu_forward is .* % of the baseline step: gelu_forward\/fast with its 40.0x makes that 1\.0\dx/,
      );
      expect(stdout).toMatch(/\n\nKept: \.nfold\/profiles\/\S+\.json\n$/);
      expect(stdout).not.toContain('gelu_forward/slow');
      rmSync(records, { recursive: true });
    });

    test('one whose loss is another is refused', async () => {
      const { code, stdout, stderr } = await profiled('train_gpt2/off', ...smallest);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/nfold: train_gpt2\/off at B4T32\S* has the loss [\d.]+ where the baseline has [\d.]+: /);
    });

    test('a mark that names no op is an error', async () => {
      const { code, stdout, stderr } = await profiled('train_gpt2/strange', ...smallest);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/nfold: common\/strange.as.ts marks 'adam', which is none of rest, encoder_forward,/);
    });
  });

  test.each([
    [['sgemm'], 2, /^nfold: sgemm is no part of a training step/],
    [['train_gtp2'], 3, /^nfold: Nothing is called or matches 'train_gtp2'. Did you mean 'train_gpt2'\?/],
    [['--case', 'M64'], 3, /^nfold: No case matches 'M64': cases are called B4T32L2C64NH4V256/],
    [['--text', 'no-such-file.txt'], 2, /^nfold: The text no-such-file.txt does not exist/],
  ])('nfold profile %j is one sentence on stderr', async (args, code, message) => {
    const outcome = await profiled(...args);
    expect(outcome).toMatchObject({ code, stdout: '' });
    expect(outcome.stderr).toMatch(message);
  });

  test('Ctrl-C ends it at once', async () => {
    const args = ['profile', `train_gpt2/${fused}`, '--thorough'];
    const before = readdirSync(join(folder, '.nfold/profiles'));
    expect(await nfold(args, { cwd: folder, stopAt: 'warming up' })).toMatchObject({ code: 130, stdout: '' });
    expect(readdirSync(join(folder, '.nfold/profiles'))).toEqual(before);
  });
});
