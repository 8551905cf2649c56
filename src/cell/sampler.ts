/**
 * The inner loop, by tinybench: one timed call per set of inputs. Its hooks put inputs in place and take results away; the
 * duration is ours (`overriddenDuration`), around the call alone, and kept raw in time order, since tinybench sorts what it
 * retains. The warm-up is ours as well: tinybench's ends by the time of the calls alone, and would put inputs in place for
 * seconds where a call takes a microsecond.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Bench } from 'tinybench';
import type { CellArena } from './arena.ts';
import type { Kernel } from './kernel.ts';
import type { MarkedNs, Samples, Sampling, Warmup } from './protocol.ts';
import { queuedNs } from './queue.ts';
import { isSteady } from './steady.ts';

/** Taken before any candidate is loaded: what one later patches is not what we call. */
const clock = process.hrtime.bigint;
const pauseMs = 2;

export async function sample(kernel: Kernel, arena: CellArena, { calls, warmup }: Sampling): Promise<Samples> {
  const timeNs: number[] = [];
  const queued: number[] = [];
  const reads: Uint8Array[][] = [];
  const marked: MarkedNs[] = [];
  let lastNs = 0;
  let queuedBefore: number | null = null;
  const warmed = warmup && warmUp(kernel, arena, warmup);
  let changedLater: number | undefined;
  /** What is read after a call must still stand there before the next one's inputs are put in place. */
  const lookAgain = () => {
    const last = timeNs.length - 1;
    if (last >= 0 && !arena.holds(calls[last].reads, reads[last])) changedLater ??= last;
  };
  const bench = new Bench({ warmup: false, iterations: calls.length, time: 0, throws: true });
  bench.add(
    'call',
    () => {
      const start = clock();
      kernel.call();
      lastNs = Number(clock() - start);
      return { overriddenDuration: lastNs / 1e6 };
    },
    {
      async: false,
      beforeEach() {
        lookAgain();
        arena.write(calls[timeNs.length].writes);
        queuedBefore = queuedNs();
        kernel.before();
      },
      afterEach() {
        if (queuedBefore !== null) queued.push((queuedNs() ?? queuedBefore) - queuedBefore);
        kernel.after();
        reads.push(arena.read(calls[timeNs.length].reads));
        timeNs.push(lastNs);
        if (kernel.marked) marked.push(kernel.marked());
      },
    },
  );
  if (calls.length > 0) bench.runSync();
  // Long enough for whatever was left running: a microtask, a timer, another thread.
  await pause(pauseMs);
  lookAgain();
  return {
    timeNs,
    queuedNs: queued.length === timeNs.length ? queued : null,
    reads,
    changedLater,
    ...(kernel.marked && { marked }),
    ...warmed,
  };
}

/** At least `calls` calls that took `ms`, and then more until they are steady or took `maxMs`. */
function warmUp(
  kernel: Kernel,
  arena: CellArena,
  { writes, calls, ms, maxMs = ms }: Warmup,
): Pick<Samples, 'steady' | 'warmedNs'> {
  const start = clock();
  const timeNs: number[] = [];
  let spentNs = 0;
  // Twice as long, with what lies between the calls.
  const within = (limitMs: number) => spentNs < limitMs * 1e6 && clock() - start < BigInt(2e6 * limitMs);
  while (timeNs.length < calls || within(ms) || (!isSteady(timeNs) && within(maxMs))) {
    arena.write(writes);
    kernel.before();
    const queued = queuedNs() ?? 0;
    const before = clock();
    kernel.call();
    const took = Number(clock() - before);
    kernel.after();
    // Other work on the machine is not what a warm-up waits out.
    timeNs.push(took - ((queuedNs() ?? 0) - queued));
    spentNs += took;
  }
  return { steady: isSteady(timeNs), warmedNs: timeNs.reduce((sum, ns) => sum + ns, 0) };
}
