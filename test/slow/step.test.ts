/** The record kernel of train_gpt2 on more models, from states of all kinds, and by more threads than there are rows. */
import { afterAll, expect, test } from 'vitest';
import op from '../../baselines/train_gpt2/op.ts';
import { stopCompiler } from '../../src/compiler/compile.ts';
import { makeRng } from '../../src/contract/rng.ts';
import { callsFrom, gpt, nameOf, narrow, stateOf, take, wide, wrong } from '../support/step.ts';
import { overtaken } from '../support/stragglers.ts';

afterAll(stopCompiler);

const models = [
  ...[gpt(1, 6, 12, 16, 2, 60), gpt(2, 17, 12, 24, 3, 77), gpt(1, 129, 1, 48, 2, 50), gpt(1, 257, 1, 16, 4, 40)],
  ...[gpt(2, 9, 1, 48, 3, 1000), gpt(1, 17, 1, 48, 3, 5000), gpt(9, 4, 1, 5, 5, 35), gpt(4, 64, 1, 11, 1, 29)],
  ...[gpt(2, 31, 2, 32, 2, 128), gpt(1, 65, 1, 126, 2, 31), gpt(1, 8, 1, 200, 8, 60), gpt(1, 7, 1, 260, 4, 33)],
  ...[gpt(2, 100, 2, 60, 5, 111), gpt(3, 87, 1, 250, 5, 311), gpt(1, 3, 1, 8, 1, 1), gpt(16, 1, 1, 48, 3, 32)],
];

const kinds = models.map((dims, i) => [nameOf(dims), op.distributions[i % op.distributions.length], dims] as const);
test.each(kinds)('%s from %s states', async (_, distribution, dims) => {
  const image = stateOf(dims, distribution);
  const calls = callsFrom(image, 2);
  for (const variant of [narrow, wide])
    expect(await wrong(variant, image, calls, await take(variant, image, calls))).toBeNull();
});

test.each([
  [gpt(3, 17, 4, 36, 3, 70), 2],
  [gpt(2, 9, 3, 20, 5, 40), 8],
  [gpt(4, 12, 5, 36, 3, 70), 2],
  [gpt(4, 4, 3, 20, 5, 40), 4],
  [gpt(1, 5, 2, 12, 3, 50), 64],
])('no thread overtakes one that sleeps: %j on %i threads', async (dims, threads) => {
  expect((await overtaken(dims, 60, threads)).overtaken).toEqual([]);
});

const rng = makeRng('a sleeper on drawn models');
const pick = <T>(values: readonly T[]): T => values[rng.int(0, values.length - 1)];
/** Of two, one has as many sequences as each thread can have whole ones, of which some end within a panel. */
const drawn = Array.from({ length: 16 }, (_, i) => {
  const [threads, T, NH] = [rng.int(2, 5), rng.int(1, 36), rng.int(1, 3)];
  const B = i % 2 ? rng.int(1, 4) : threads * (T % 4 === 0 ? 1 : T % 2 === 0 ? 2 : 4);
  return [gpt(B, T, rng.int(1, 3), NH * pick([3, 8, 16, 16, 24, 32]), NH, pick([7, 16, 33, 70])), threads] as const;
});
test.each(drawn)('nor any that sleeps, on a drawn model: %j on %i threads', async (dims, threads) => {
  expect((await overtaken(dims, 16, threads, Array(threads).keys())).overtaken).toEqual([]);
});
