/**
 * The program of a process that takes training steps of one candidate at one model. It calls and times them as a cell does, with the parts of
 * a cell, and compares each with the frozen reference, as a bench does. It draws the state itself: 124M parameters and their moments have
 * 1.5 GB, and a cell, which gets them by message, may have 3 GiB in all.
 */
import op from '../../baselines/train_gpt2/op.ts';
import oracle from '../../baselines/train_gpt2/oracle.ts';
import { loadText } from '../../src/catalog/text.ts';
import { CellArena } from '../../src/cell/arena.ts';
import { cpus, keepThreads } from '../../src/cell/cpu.ts';
import { makeKernel } from '../../src/cell/kernel.ts';
import { Pool } from '../../src/cell/pool.ts';
import { threadsOf } from '../../src/cell/procfs.ts';
import { sample } from '../../src/cell/sampler.ts';
import { openingOf } from '../../src/cell/timer.ts';
import { messageOf } from '../../src/contract/errors.ts';
import type { DimsOf } from '../../src/contract/op.ts';
import type { Seed } from '../../src/contract/rng.ts';
import { compose } from '../../src/judge/compose.ts';
import { failed } from '../../src/judge/failure.ts';
import { callsOf } from '../../src/judge/inputs.ts';
import { StepJudge } from '../../src/judge/steps.ts';
import { verdictText } from '../../src/judge/verdict.ts';

/** What the process is asked. */
export interface Asked {
  readonly candidate: string;
  readonly bytes: Uint8Array;
  readonly dims: DimsOf<typeof op>;
  readonly threads: number;
  readonly seed: Seed;
}

/** The times of its steps, turn by turn; or why there are none, in words. */
export type Answer =
  | {
      readonly turns: readonly { readonly timeNs: readonly number[]; readonly queuedNs: readonly number[] | null }[];
      readonly scratchBytes: number;
      /** V8's time for the module. What it compiles of a function at the first call is not in it. */
      readonly compileMs: number;
    }
  | { readonly failed: string };

const turns = 3;
/** Calls of a turn: at most so many, of so many flop and bytes in all, since each hands back its whole state. */
const [maxCalls, turnFlop, turnBytes] = [6, 5e9, 2 ** 29];
/** A fresh process has to bring its code to the last tier. */
const warmup = { calls: 3, callsMs: 2000, ms: 100, maxMs: 500 };

async function answer({ candidate, bytes, dims, threads, seed }: Asked): Promise<Answer> {
  const { scalars } = op.cases[0];
  // In a large vocabulary, ids of any kind: a text has bytes alone.
  // The bound without a baseline's error is for widths like the suite's: with weights of `trained`, all f32 programs err by more beyond.
  const distribution = dims.C > 512 ? 'init' : dims.V > 256 ? 'late' : op.distributions[0];
  const image = compose({ op, case: { dims, scalars }, distribution, text: loadText(undefined, [op]).bytes }, seed);
  const started = performance.now();
  const module = new WebAssembly.Module(new Uint8Array(bytes));
  const compileMs = performance.now() - started;
  const [arena, pool] = [new CellArena(), new Pool()];
  await pool.grow(threads - 1);
  if (threads <= cpus().length) keepThreads(threadsOf(process.pid).map(Number), cpus());
  const artifact = async () => ({ kind: 'wasm', bytes }) as const;
  const opening = await openingOf(image, { id: candidate, flags: [], threads: 'any', artifact }, threads);
  const kernel = await makeKernel(opening, arena, pool);
  const inputs = { warm: image, images: [image], image: () => image, seed: `${seed}` };
  const [judge, calls] = [new StepJudge(oracle, inputs), callsOf(inputs, 1, candidate)];
  const fitting = Math.min(maxCalls, Math.round(turnFlop / op.flop(dims)), Math.floor(turnBytes / image.bytes.length));
  const taken = [];
  for (let turn = 0; turn < turns; turn++) {
    const planned = Array.from({ length: Math.max(1, fitting) }, () => calls.next().value);
    const writes = [{ offset: 0, bytes: image.bytes }];
    const warm = turn === 0 ? { ...warmup, writes } : undefined;
    const sampled = await sample(kernel, arena, { calls: planned.map(({ call }) => call), warmup: warm });
    const found = judge.inspect({ planned, ...sampled }, 0);
    if ('finding' in found) return { failed: verdictText(failed(found.finding, { id: candidate }, image, { seed })) };
    taken.push({ timeNs: sampled.timeNs, queuedNs: sampled.queuedNs });
  }
  return { turns: taken, scratchBytes: scratchOf(module, arena, threads, dims), compileMs };
}

function scratchOf(module: WebAssembly.Module, { memory }: CellArena, threads: number, dims: Asked['dims']): number {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const scratchBytes = exports.scratchBytes as ((...sizes: number[]) => number) | undefined;
  return scratchBytes?.(threads, ...op.dims.map((dim) => dims[dim])) ?? 0;
}

process.once('message', async (asked: Asked) => {
  const reply = await answer(asked).catch((error) => ({ failed: messageOf(error) }));
  process.send?.(reply, () => process.disconnect?.());
});
