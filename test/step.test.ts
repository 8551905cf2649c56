/** The record kernels of train_gpt2, whose code is written for each model: right on models of all kinds, by any number of threads, in little memory. */
import { afterAll, describe, expect, test } from 'vitest';
import type { Model } from '../baselines/models.ts';
import op from '../baselines/train_gpt2/op.ts';
import { byT, large, suite } from '../bench/growth/models.ts';
import { baselineBytes } from '../bench/growth/run.ts';
import { killAllCells } from '../src/cell/runs.ts';
import { Timer } from '../src/cell/timer.ts';
import { stopCompiler } from '../src/compiler/compile.ts';
import type { Variant } from '../src/contract/variant.ts';
import { type Image, sameBytes } from '../src/judge/image.ts';
import { callsFrom, gpt, inSmallParts, nameOf, narrow, stateOf, take, wide, wrong } from './support/step.ts';
import { overtaken } from './support/stragglers.ts';

afterAll(() => {
  killAllCells();
  stopCompiler();
});

// test/slow/step.test.ts has more models, and each of them from all kinds of states.
const models: readonly (readonly [string, Model])[] = [
  ['heads of 1', gpt(3, 5, 2, 12, 12, 19)],
  ['heads of 2, one token', gpt(1, 1, 1, 14, 7, 40)],
  ['heads of 3', gpt(3, 17, 2, 21, 7, 61)],
  ['heads of 5, no layer', gpt(2, 5, 0, 20, 4, 50)],
  ['heads of 5', gpt(2, 33, 1, 35, 7, 47)],
  ['heads of 8', gpt(5, 9, 3, 40, 5, 100)],
  ['heads of 13', gpt(1, 34, 1, 26, 2, 65)],
  ['heads of 16, sequences that end within a panel', gpt(2, 17, 3, 48, 3, 128)],
  ['heads of 16, one token', gpt(1, 1, 3, 16, 1, 17)],
  ['heads of 24', gpt(3, 19, 1, 72, 3, 48)],
  ['heads of 48', gpt(1, 47, 2, 96, 2, 263)],
  ['heads of 63', gpt(2, 16, 1, 63, 1, 150)],
  ['heads of 64', gpt(1, 18, 1, 128, 2, 300)],
  ['128 tokens', gpt(1, 128, 1, 64, 4, 256)],
  ['128 tokens, heads of 13', gpt(1, 128, 2, 39, 3, 77)],
  ['sequences of one token', gpt(7, 1, 2, 24, 3, 299)],
  ['fewer words than a panel', gpt(1, 18, 2, 12, 2, 15)],
  ['5000 words', gpt(1, 5, 1, 20, 4, 5000)],
];

describe('two steps on carried state are right', () => {
  test.each(models)('%s', async (_, dims) => {
    const image = stateOf(dims, dims.V % 2 ? 'late' : 'trained');
    const calls = callsFrom(image, 2);
    const left = await take(narrow, image, calls);
    expect(await wrong(narrow, image, calls, left)).toBeNull();
    // A tile of twice the width makes the same sums.
    expect(differing(left, await take(wide, image, calls))).toEqual([]);
  });

  test.each(models.filter((_, i) => i % 4 === 1))('in small parts: %s', async (_, dims) => {
    const image = stateOf(dims);
    const calls = callsFrom(image, 1);
    for (const variant of inSmallParts)
      expect(await wrong(variant, image, calls, await take(variant, image, calls))).toBeNull();
  });

  test.each(['init', 'far'])('from %s states', async (distribution) => {
    const image = stateOf(gpt(2, 17, 2, 40, 5, 70), distribution);
    const calls = callsFrom(image, 2);
    expect(await wrong(narrow, image, calls, await take(narrow, image, calls))).toBeNull();
  });
});

/** The steps after which some byte is another. */
const differing = (some: readonly Uint8Array[], others: readonly Uint8Array[]): number[] =>
  [...some.keys()].filter((i) => !sameBytes(some[i], others[i]));

describe('the number of threads changes no bit', () => {
  /** Of two steps, in a process with the flags of the candidate. */
  async function byThreads(variant: Variant, image: Image, counts: readonly number[]): Promise<number[][]> {
    const calls = callsFrom(image, 2);
    const [one] = [await take(narrow, image, calls, { threads: 1 })];
    const timer = new Timer(variant, 1);
    try {
      const found: number[][] = [];
      for (const threads of counts) {
        await timer.open(image, { untimed: true, threads });
        const { reads } = await timer.turn(calls, { counted: false });
        found.push(
          differing(
            one,
            reads.map(([after]) => after),
          ),
        );
      }
      return found;
    } finally {
      timer.close();
    }
  }

  test.each([
    [narrow, gpt(3, 17, 2, 40, 5, 50), [1, 2, 3, 5, 8]],
    [narrow, gpt(1, 5, 1, 16, 1, 33), [2, 8, 64]],
    [wide, gpt(2, 67, 2, 64, 4, 129), [1, 2, 3, 5, 8]],
  ] as const)('%#', async (variant, dims, counts) => {
    expect(await byThreads(variant, stateOf(dims), counts)).toEqual(counts.map(() => []));
  });

  test.each([
    [gpt(1, 8, 2, 4, 1, 17), 2],
    [gpt(2, 7, 3, 20, 5, 40), 3],
    [gpt(1, 17, 2, 16, 1, 32), 2],
    // Threads that have whole sequences wait for one another but once a layer.
    [gpt(2, 8, 4, 20, 5, 40), 2],
    [gpt(8, 5, 2, 32, 2, 40), 2],
  ])('nor does a thread that falls asleep on the way: %j on %i threads', async (dims, threads) => {
    const { places, overtaken: found } = await overtaken(dims, 30, threads);
    expect(places).toBeGreaterThan(80);
    expect(found).toEqual([]);
  });
});

const generators = [narrow, wide].map((variant) => [variant.id, variant] as const);
const bytesOf = async (variant: Variant, dims: Model): Promise<Uint8Array<ArrayBuffer>> => {
  const artifact = await variant.artifact({ ...dims }, 2);
  if (artifact.kind !== 'wasm') throw new Error(`${variant.id} is no module`);
  return new Uint8Array(artifact.bytes);
};

describe.each(generators)('%s', (_, variant) => {
  const llmc = [...large, { ...large[0], T: 1024 }];

  test.each([...suite, ...llmc].map((dims) => [nameOf(dims), dims] as const))(
    'needs at most 1.5 times the memory of the baseline at %s',
    async (_, dims) => {
      const memory = new WebAssembly.Memory({ initial: 2, maximum: 65536, shared: true });
      const { exports } = new WebAssembly.Instance(new WebAssembly.Module(await bytesOf(variant, dims)), {
        env: { memory },
      });
      const scratchBytes = exports.scratchBytes as (...sizes: number[]) => number;
      const bytes = scratchBytes(2, ...op.dims.map((dim) => dims[dim]));
      expect(bytes).toBeGreaterThan(0);
      expect(bytes).toBeLessThan(1.5 * baselineBytes(dims));
    },
  );

  const largest = suite.toSorted((a, b) => op.flop(b) - op.flop(a))[0];
  test.each([largest, byT[byT.length - 1]].map((dims) => [nameOf(dims), dims] as const))(
    'is a module of less than 300,000 bytes at %s',
    async (_, dims) => {
      const { length } = await bytesOf(variant, dims);
      expect(length).toBeGreaterThan(10_000);
      expect(length).toBeLessThan(300_000);
    },
  );
});
