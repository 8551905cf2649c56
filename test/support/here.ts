/**
 * Kernels of ours in this process, by the code that a cell runs: a process each and messages between them take ten times as long. A check is
 * the same, and so are its inputs, its calls and its bounds. V8's flags belong to a process: kernels run without theirs, which changes nothing
 * that they compute.
 *
 * Nothing ends a kernel that does not end, and nothing locks one in: whatever is meant to show that needs a cell.
 */
import { CellArena } from '../../src/cell/arena.ts';
import { type Kernel, makeKernel } from '../../src/cell/kernel.ts';
import { Pool } from '../../src/cell/pool.ts';
import { sample } from '../../src/cell/sampler.ts';
import { openingOf, Timer } from '../../src/cell/timer.ts';
import type { Variant } from '../../src/contract/variant.ts';
import type { Host } from '../../src/judge/verify.ts';

interface Room {
  readonly arena: CellArena;
  readonly pool: Pool;
}

/** Those that no kernel uses: an arena and its threads go only with the process. */
const idle: Room[] = [];

function hostIn({ arena, pool }: Room, variant: Variant, threads: number, close = () => {}): Host {
  let kernel: Kernel;
  let first: Uint8Array;
  return {
    async open(image, { noise, threads: wanted = threads } = {}) {
      const opening = { ...(await openingOf(image, variant, wanted)), noise };
      await pool.grow(opening.threads - 1);
      kernel = await makeKernel(opening, arena, pool);
      first = image.bytes;
      return opening.artifact.kind;
    },
    turn(calls, { warmup } = {}) {
      const writes = [{ offset: 0, bytes: first }];
      return sample(kernel, arena, { calls, warmup: warmup ? { ...warmup, writes } : undefined });
    },
    close,
  };
}

const newRoom = (): Room => ({ arena: new CellArena(), pool: new Pool() });

/** For `start` of a verification of honest kernels. */
export const startHere = (variant: Variant, threads: number): Host => {
  const room = idle.pop() ?? newRoom();
  return hostIn(room, variant, threads, () => void idle.push(room));
};

/** For cheats, after which nobody uses the arena and the threads: a failed thread may have left its message behind. */
export const startAlone = (variant: Variant, threads: number): Host => hostIn(newRoom(), variant, threads);

/** The same, but for kernels that are to run under their flags, which get a process. */
export const startUnderFlags = (variant: Variant, threads: number): Host =>
  variant.flags.length > 0 ? new Timer(variant, threads) : startHere(variant, threads);
