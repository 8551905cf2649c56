/** nfold train: the curve it draws, what it resumes and what it refuses. What it keeps when it is stopped: slow/train.test.ts. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { parseHTML } from 'linkedom';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parameterCount, parameterParts } from '../baselines/train_gpt2/layout.ts';
import op from '../baselines/train_gpt2/op.ts';
import oracle from '../baselines/train_gpt2/oracle.ts';
import { makeRng } from '../src/contract/rng.ts';
import { smoothed, stepsOf } from '../src/draw/losses.ts';
import { packageRoot } from '../src/files/places.ts';
import { Training } from '../src/records/training.ts';
import { Trained } from '../src/schemas/wings.ts';
import { compareLosses } from '../src/train/compare.ts';
import { svgCurve, terminalCurve } from '../src/train/curve.ts';
import { generate, makeForward, readable } from '../src/train/sample.ts';
import { batchAfter, heldOutBatches, makeTask } from '../src/train/task.ts';
import { nfold } from './support/command.ts';
import { prepare } from './support/prepared.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-train-'));
prepare(folder);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const train = (...args: string[]) => nfold(['train', ...args], { cwd: folder });

const fast = 'train_gpt2/fused-6x8-wasmrelaxedsimd';
const small = ['--case', 'B2T17L1C36NH3V256', '--seed', '5'];

describe('a run', () => {
  const common = [fast, ...small, '--steps', '60', '--eval-every', '30', '--sample', '20', '--json'];
  let whole: { losses: number[]; heldOut: [number, number][]; [key: string]: unknown };
  let text: Awaited<ReturnType<typeof train>>;
  beforeAll(async () => {
    text = await train(...common, '--save', 'whole.ckpt', '--plot', 'curve.svg', '--beside-baseline');
    whole = JSON.parse(text.stdout);
  });

  test('learns, and the baseline draws the same curve', () => {
    expect(text.code).toBe(0);
    expect(whole).toMatchObject({ candidate: fast, steps: 60, resumedAt: 0, interrupted: false, seed: 5 });
    expect(whole.losses).toHaveLength(60);
    expect(whole.losses[0]).toBeCloseTo(Math.log(256), 0);
    expect(whole.losses.at(-1)).toBeLessThan(whole.losses[0] - 1);
    expect(whole.heldOut.map(([step]) => step)).toEqual([0, 30, 60]);
    expect(whole.heldOut[2][1]).toBeLessThan(whole.heldOut[0][1] - 1);
    const baseline = whole.baseline as { within: boolean; steps: number; losses: number[] };
    expect(baseline).toMatchObject({ within: true, steps: 60 });
    expect(baseline.losses[0]).not.toBe(0);
    expect(whole.sample).toHaveLength(21);
    expect(text.stderr).toMatch(/step {5}60 {3}training \d\.\d{3} {3}held-out \d\.\d{3} {3}\d+ tokens\/s/);
  });

  test('is kept, with no more than that in its data', () => {
    const [file] = readdirSync(join(folder, '.nfold/trainings'));
    const kept = Training.parse(JSON.parse(readFileSync(join(folder, '.nfold/trainings', file), 'utf8')));
    const baseline = whole.baseline as { losses: number[] };
    const numbered = (losses: number[]) => losses.map((loss, i) => [i + 1, loss]);
    const { sample, plot, checkpoint, checkpointStep, displaced, ...told } = whole;
    expect(kept).toMatchObject({
      ...{ ...told, losses: numbered(whole.losses), learningRate: 0.001 },
      baseline: { ...baseline, losses: numbered(baseline.losses) },
    });
    expect(Trained.parse(whole)).toEqual(whole);
  });

  test('that is interrupted is kept with its mark, and says where', async () => {
    const stopped = await nfold(['train', fast, ...small, '--minutes', '5'], { cwd: folder, stopAt: /training, / });
    expect(stopped.code).toBe(130);
    const [, file] = /\n\nKept: (\S+)\n\nCheckpoint: /.exec(stopped.stdout) ?? [];
    const kept = Training.parse(JSON.parse(readFileSync(join(folder, file), 'utf8')));
    expect(kept).toMatchObject({ candidate: fast, interrupted: true });
    // A fast machine takes more steps than are kept one by one.
    expect(kept.losses.length).toBeGreaterThanOrEqual(Math.min(kept.steps, 2000));
    expect(kept.losses.length).toBeLessThanOrEqual(Math.min(kept.steps, 4000));
  });

  test('resumed from its middle gives the same bits', async () => {
    const half = await train(...common.map((word) => (word === '60' ? '30' : word)), '--save', 'half.ckpt');
    expect(half.code).toBe(0);
    const before = readFileSync(join(folder, 'half.ckpt'));
    const rest = await train(
      '--resume',
      'half.ckpt',
      '--steps',
      '60',
      '--eval-every',
      '30',
      '--sample',
      '20',
      '--json',
    );
    expect(JSON.parse(rest.stdout)).toMatchObject({
      candidate: fast,
      resumedAt: 30,
      steps: 30,
      losses: whole.losses,
      heldOut: whole.heldOut,
      sample: whole.sample,
    });
    expect(readFileSync(join(folder, 'half.ckpt'))).toEqual(before);
  });

  test('writes a plot that holds the losses of both, and stands alone', () => {
    const text = readFileSync(join(folder, 'curve.svg'), 'utf8');
    const { document } = parseHTML(text);
    const svg = document.querySelector('svg');
    expect(svg?.getAttribute('xmlns')).toBe('http://www.w3.org/2000/svg');
    expect(text).not.toMatch(/var\(|<script|href/);
    const path = (name: string) =>
      document.querySelector(`path.${name}[d*="L"], path.losses.${name}`)?.getAttribute('d');
    expect(path('losses')?.match(/M/g)).toHaveLength(60);
    for (const name of ['us', 'base']) expect(path(name)?.match(/[ML]/g)).toHaveLength(60);
    expect(document.querySelectorAll('g > circle.held').length).toBe(3 + 1);
    expect(svg?.textContent).toContain(`training, ${fast}`);
    expect(svg?.textContent).toContain('training, baseline');
    expect(svg?.textContent).toContain('held-out text');
  });

  describe('is refused, and the file left as it is,', () => {
    const edited = (change: (bytes: Buffer) => Buffer | string) => change(readFileSync(join(folder, 'whole.ckpt')));
    const twisted = (at: number) => (bytes: Buffer) => {
      bytes[bytes.length + at] ^= 1;
      return bytes;
    };
    test.each<[string, (bytes: Buffer) => Buffer | string, string[], RegExp]>([
      ['one bit of the losses off', twisted(-3), [], /is damaged: its bytes do not have the sha256/],
      ['one bit of the parameters off', twisted(-9000), [], /is damaged: its bytes do not have the sha256/],
      ['cut short', (bytes) => bytes.subarray(0, -4), [], /is damaged: \d+ bytes should follow its header/],
      ['another seed in its header', (b) => b.toString('latin1').replace('"seed":5', '"seed":6'), [], /is damaged/],
      ['of another version', (b) => b.toString('latin1').replace('checkpoint@1', 'checkpoint@7'), [], /of the version/],
      ['no checkpoint', () => 'Call me Ishmael.', [], /is not a checkpoint of nfold/],
      ['another model', (bytes) => bytes, ['--case', 'B1T7L1C20NH5V256'], /was trained with --case B2T17L1C36NH3V256/],
      ['another seed', (bytes) => bytes, ['--seed', '6'], /was trained with --seed 5, not 6/],
      ['another text', (bytes) => bytes, ['--text', join(packageRoot, 'package-lock.json')], /is not the one that/],
      ['nothing to do', (bytes) => bytes, ['--steps', '60'], /is already at step 60/],
    ])('%s', async (_, change, args, message) => {
      const content = edited(change);
      const bytes = typeof content === 'string' ? Buffer.from(content, 'latin1') : content;
      writeFileSync(join(folder, 'x.ckpt'), bytes);
      const outcome = await train('--resume', 'x.ckpt', ...args);
      expect(outcome).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(message) });
      expect(outcome.stderr).not.toMatch(/\n\s+at /);
      expect(readFileSync(join(folder, 'x.ckpt')).equals(bytes)).toBe(true);
    });
  });
});

describe('wrong usage is one sentence on stderr', () => {
  writeFileSync(join(folder, 'mine.txt'), 'a text of mine');
  mkdirSync(join(folder, 'a-folder'));
  test.each([
    [['train_gpt2/fussed'], 3, /^nfold: Nothing is called or matches 'train_gpt2\/fussed'/],
    [['sgemm/ikj-ts'], 3, /^nfold: 'sgemm\/ikj-ts' is no candidate of train_gpt2/],
    [['train_gpt2'], 2, /^nfold: 'train_gpt2' names \d candidates, but train takes one: give one of train_gpt2\//],
    [['--case', 'B9'], 3, /^nfold: No case is called 'B9'/],
    [['--steps', '0'], 2, /It takes a whole number from 1/],
    [['--minutes', '-1'], 2, /It takes a number above 0/],
    [['--text', 'mine.txt'], 2, /^nfold: The text mine.txt has 14 bytes/],
    [['--save', 'no/such/x.ckpt'], 2, /^nfold: --save no\/such\/x.ckpt cannot be written: there is no folder/],
    [['--save', 'mine.txt'], 2, /^nfold: mine.txt is there already and is not a checkpoint/],
    [['--plot', 'a-folder'], 2, /^nfold: --plot a-folder cannot be written: it is a folder, not a file/],
    [['--resume', 'nowhere.ckpt'], 2, /^nfold: The checkpoint nowhere.ckpt does not exist/],
  ])('nfold train %j', async (args, code, message) => {
    const outcome = await train(...args);
    expect(outcome).toMatchObject({ code, stdout: '' });
    expect(outcome.stderr).toMatch(message);
    expect(outcome.stderr).not.toMatch(/\n\s+at /);
    expect(readFileSync(join(folder, 'mine.txt'), 'utf8')).toBe('a text of mine');
  });

  test('leaves nothing behind', () => {
    expect(readdirSync(folder).filter((name) => name.startsWith('.') && name !== '.nfold')).toEqual([]);
    expect(existsSync(join(folder, 'no'))).toBe(false);
  });
});

describe('a candidate that trains otherwise', () => {
  test('is refused by verification before it trains', async () => {
    const own = join(folder, 'kernels/train_gpt2');
    mkdirSync(own, { recursive: true });
    writeFileSync(
      join(own, 'idle-ts.ts'),
      "export default { about: 'idle', setup: () => (t) => { t.loss[0] = 5; } };\n",
    );
    const outcome = await train('train_gpt2/idle-ts', ...small, '--steps', '5');
    expect(outcome).toMatchObject({ code: 1, stdout: '' });
    expect(outcome.stderr).toMatch(/^nfold: train_gpt2\/idle-ts at \S+ on \S+ inputs: .*\.$/m);
    rmSync(join(folder, 'kernels'), { recursive: true });
  });

  const honest = Array.from({ length: 40 }, (_, i) => 5.5 - i / 20);
  const off = (share: number, at: number) => honest.map((loss, i) => (i === at ? loss * (1 + share) : loss));

  test('is outside of the bound by 1e-5 within the bounded steps, and told from noise there', () => {
    expect(compareLosses(honest, honest, 0, 1e-3)).toMatchObject({ within: true, worst: 0, boundedSteps: 20 });
    expect(compareLosses(off(1e-5, 4), honest, 0, 1e-3)).toMatchObject({ within: false, at: 5 });
    expect(compareLosses(off(1e-7, 4), honest, 0, 1e-3).within).toBe(true);
    expect(compareLosses(off(1e-3, 30), honest, 100, 1e-3)).toMatchObject({ within: true, at: 131 });
    expect(compareLosses(off(Number.NaN, 2), honest, 0, 1e-3).within).toBe(false);
  });
});

describe('the task', () => {
  const bytes = Uint8Array.from({ length: 4000 }, (_, i) => (i * 7919) % 251);
  const task = makeTask(op, op.edges[4], 9, { name: 'a text', bytes });

  test('gives each step its own batch, the same one each time, out of the first nine tenths', () => {
    const starts = Array.from({ length: 50 }, (_, step) => batchAfter(task, step));
    expect(batchAfter(task, 7)).toEqual(starts[7]);
    expect(new Set(starts.map(({ tokens }) => tokens.join())).size).toBeGreaterThan(40);
    for (const { tokens, targets } of starts) expect(targets.subarray(0, -1)).toEqual(tokens.subarray(1));
  });

  test('holds out the last tenth, from its first byte to its last', () => {
    const batches = heldOutBatches(task, 4);
    expect([...batches[0].tokens]).toEqual([...bytes.subarray(3600, 3615)]);
    expect([...batches[3].targets]).toEqual([...bytes.subarray(-15)]);
  });
});

describe('a sample', () => {
  const { dims, scalars } = op.edges[5];
  const rng = makeRng(3);
  const parameters = new Float32Array(parameterCount(dims)).map(() => 0.15 * rng.normal());
  for (const { name, offset, length } of parameterParts(dims))
    if (/^ln.w$/.test(name)) parameters.fill(1, offset, offset + length);

  test("is drawn from the model's own probabilities, row by row as all at once", () => {
    const tokens = Int32Array.from({ length: dims.T }, () => rng.int(0, 255));
    const text = Uint8Array.from(tokens);
    const forward = makeForward({ dims, parameters });
    const rows = Array.from({ length: dims.T }, (_, t) => forward(text.subarray(0, t + 1), t).slice());
    const all = makeForward({ dims, parameters })(text, 0);
    expect(rows.at(-1)).toEqual(all);
    // The oracle's mean loss over T positions is that of these logits.
    const targets = Int32Array.from({ length: dims.T }, () => rng.int(0, 255));
    const nll = (logits: Float32Array, target: number) =>
      Math.log(logits.reduce((sum, x) => sum + Math.exp(x), 0)) - logits[target];
    const mean = rows.reduce((sum, logits, t) => sum + nll(logits, targets[t]), 0) / dims.T;
    const zeros = () => new Float32Array(parameters.length);
    const state = { params: parameters, m: zeros(), v: zeros(), step: Int32Array.of(1), loss: new Float32Array(1) };
    const one = { ...dims, B: 1 };
    const { loss } = oracle.truths(one, scalars, { ...state, tokens, targets });
    expect(mean).toBeCloseTo(loss.want[0], 4);
  });

  test('begins with its prompt, goes on past T bytes, and follows its seed', async () => {
    const write = (seed: number) =>
      generate(
        { dims, parameters },
        { prompt: Buffer.from('Ahab'), bytes: 40, seed },
        () => {},
        new AbortController().signal,
      );
    const [a, again, b] = [await write(1), await write(1), await write(2)];
    expect(a).toHaveLength(44);
    expect(Buffer.from(a.subarray(0, 4)).toString()).toBe('Ahab');
    expect(again).toEqual(a);
    expect(b).not.toEqual(a);
  });

  test('is readable whatever its bytes are', () => {
    expect(readable(Uint8Array.of(65, 0, 10, 27, 0xff, 66))).toBe('A\ufffd\n\ufffd\ufffdB');
  });
});

describe('curves', () => {
  const losses = Array.from({ length: 500 }, (_, i) => 2 + 3 * Math.exp(-i / 100));
  const curves = { title: 'x', candidate: 'fast', from: 0, losses, heldOut: [[0, 5] as const], baseline: null };

  test('are smoothed by means of stretches, the last one shorter', () => {
    const even = stepsOf([1, 3, 5, 7, 9], 10);
    expect(smoothed(even, 3)).toEqual([
      { step: 11.5, loss: 2 },
      { step: 13.5, loss: 6 },
      { step: 15, loss: 9 },
    ]);
    expect(smoothed(stepsOf(losses, 0), 72).length).toBeLessThanOrEqual(72);
  });

  test.each([40, 80, 200])('fit a terminal of %i columns', async (columns) => {
    const drawn = stripVTControlCharacters(await terminalCurve(curves, columns));
    expect(Math.max(...drawn.split('\n').map((line) => line.length))).toBeLessThanOrEqual(columns);
    expect(drawn).toContain('step 500');
  });

  test('of one step alone can be drawn', async () => {
    const one = { ...curves, losses: [5], baseline: [5] };
    expect(await terminalCurve(one, 80)).toContain('step 1');
    expect(svgCurve(one)).toMatch(/^<svg/);
  });
});
