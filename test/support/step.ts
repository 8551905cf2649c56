/**
 * The record kernels of train_gpt2, and training steps in this process, one after the other on carried state. Scratch is NaN before each call,
 * and what lies behind it has to stay so. A step is compared as `nfold verify` compares it: with the truth, within bounds that derive from the
 * baseline's own error.
 */
import type { Model } from '../../baselines/models.ts';
import op from '../../baselines/train_gpt2/op.ts';
import oracle from '../../baselines/train_gpt2/oracle.ts';
import { type Built, build, buildBaseline } from '../../src/build/build.ts';
import { scan } from '../../src/catalog/candidates.ts';
import { CellArena, imageBase } from '../../src/cell/arena.ts';
import { makeKernel } from '../../src/cell/kernel.ts';
import { Pool } from '../../src/cell/pool.ts';
import type { Call } from '../../src/cell/protocol.ts';
import { openingOf } from '../../src/cell/timer.ts';
import type { Parameters } from '../../src/contract/candidate.ts';
import { makeRng } from '../../src/contract/rng.ts';
import type { Variant } from '../../src/contract/variant.ts';
import { overwritten } from '../../src/judge/batch.ts';
import { compose } from '../../src/judge/compose.ts';
import { failed } from '../../src/judge/failure.ts';
import { type Image, imageOf, poison } from '../../src/judge/image.ts';
import { callsOf } from '../../src/judge/inputs.ts';
import { expectationOf, inspect } from '../../src/judge/inspect.ts';
import { deriveSeed } from '../../src/judge/seed.ts';
import { truthsOf } from '../../src/judge/timed.ts';
import { verdictText } from '../../src/judge/verdict.ts';

const seed = 20261129;
const baseline = await buildBaseline('train_gpt2');

/** A generator by the width of its tile, with its own parameters except those given, and not with a tuner's. */
async function panels(width: 8 | 16, parameters: Parameters = {}): Promise<Built> {
  const file = scan().candidates.find(({ id }) => id === `train_gpt2/panels-6x${width}-wasmrelaxedsimd`);
  return (await build(file!)).tuning!.with(parameters);
}
export const [narrow, wide] = await Promise.all([panels(8), panels(16)]);
/** In parts so small that a small model has several. */
export const inSmallParts = await Promise.all([
  panels(8, { panels: 1, rows: 4, group: 1 }),
  panels(8, { panels: 2, rows: 8, group: 3 }),
]);

export const gpt = (B: number, T: number, L: number, C: number, NH: number, V: number): Model => ({
  B,
  T,
  L,
  C,
  NH,
  V,
});
export const nameOf = (dims: Model): string => op.caseName({ dims, scalars: op.cases[0].scalars });

/** A drawn state, with a text whose bytes are tokens of the model. */
export function stateOf(dims: Model, distribution = 'trained'): Image {
  const rng = makeRng(seed);
  const text = Uint8Array.from({ length: 4096 }, () => rng.int(0, Math.min(256, dims.V) - 1));
  const c = { dims: { ...dims }, scalars: op.cases[0].scalars };
  return compose({ op, case: c, distribution, text }, deriveSeed(seed, nameOf(dims), distribution));
}

/** The first step from a state, and further ones on new batches, each from what the one before left. */
export function callsFrom(image: Image, count: number): Call[] {
  const inputs = { warm: image, images: [image], image: () => image, seed: `${seed}` };
  return callsOf(inputs, 1, '')
    .take(count)
    .map(({ call }) => call)
    .toArray();
}

const room = { arena: new CellArena(), pool: new Pool() };
const behindBytes = 4096;

/** The arena after each call. `prepare` may write to the scratch right before one. Throws for a write behind the scratch. */
export async function take(
  variant: Variant,
  image: Image,
  calls: readonly Call[],
  { threads = 2, prepare = (_scratch: Int32Array, _call: number) => {} } = {},
): Promise<Uint8Array[]> {
  const { arena, pool } = room;
  await pool.grow(threads - 1);
  const kernel = await makeKernel({ ...(await openingOf(image, variant, threads)), untimed: true }, arena, pool);
  const start = imageBase + image.bytes.length;
  const end = arena.allocate(behindBytes) + behindBytes;
  const scratch = new Int32Array(arena.memory.buffer, start, (end - start) / 4);
  const behind = scratch.subarray(-behindBytes / 4);
  return calls.map(({ writes, reads }, i) => {
    arena.write(writes);
    scratch.fill(poison);
    kernel.before();
    prepare(scratch, i);
    kernel.call();
    kernel.after();
    if (behind.some((word) => word !== poison)) throw new Error(`${variant.id} writes behind its scratch`);
    return arena.read(reads)[0];
  });
}

/** What is wrong with steps from a state, in words, or null. */
export async function wrong(variant: Built, image: Image, calls: readonly Call[], left: readonly Uint8Array[]) {
  for (const [i, after] of left.entries()) {
    const before = i === 0 ? image : imageOf(overwritten(left[i - 1], calls[i].writes), image);
    const [byBaseline] = await take(baseline, before, callsFrom(before, 1));
    const inspection = inspect(before, after, expectationOf(before, truthsOf(oracle, before), byBaseline));
    if ('finding' in inspection)
      return `step ${i + 1}: ${verdictText(failed(inspection.finding, variant, image, { seed }))}`;
  }
  return null;
}
