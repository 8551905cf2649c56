/**
 * The inner loop, by tinybench: one timed call per set of inputs. Its hooks put inputs in place and take results away. The duration is
 * ours (`overriddenDuration`), taken around the call alone, and stays raw in time order, since tinybench sorts what it keeps. The warm-up
 * is ours as well: tinybench's ends by the time of the calls alone, and would put inputs in place for seconds if a call takes a
 * microsecond.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Bench } from 'tinybench';
import type { CellArena } from './arena.ts';
import type { Kernel } from './kernel.ts';
import type { MarkedNs, Samples, Sampling, Warmup } from './protocol.ts';
import { openSchedstat, waitedNs } from './schedstat.ts';

/** Taken before a candidate is loaded, which could patch it. */
const clock = process.hrtime.bigint;
/** Long enough for work that was left running: a microtask, a timer, another thread. */
const pauseMs = 2;

/** Makes the calls in turn. Throws what the kernel throws. */
export async function sample(kernel: Kernel, arena: CellArena, { calls, warmup }: Sampling): Promise<Samples> {
  const timeNs: number[] = [];
  const queued: number[] = [];
  const reads: Uint8Array[][] = [];
  const marked: MarkedNs[] = [];
  let lastNs = 0;
  let callerQueuedNs = 0;
  let waitedBefore: readonly number[] = [];
  const warmed = warmup && warmUp(kernel, arena, warmup);
  let changedLater: number | undefined;
  let thrown: { readonly error: unknown } | undefined;
  const checkLastResult = () => {
    const last = timeNs.length - 1;
    if (last >= 0 && !arena.holds(calls[last].reads, reads[last])) changedLater ??= last;
  };
  const bench = new Bench({ warmup: false, iterations: calls.length, time: 0, throws: true });
  bench.add(
    'call',
    () => {
      try {
        const start = clock();
        kernel.call();
        lastNs = tookNs(kernel, Number(clock() - start));
      } catch (error) {
        thrown = { error };
        throw error;
      }
      return { overriddenDuration: lastNs / 1e6 };
    },
    {
      async: false,
      beforeEach() {
        checkLastResult();
        arena.write(calls[timeNs.length].writes);
        kernel.before();
        // Now that its threads are awake: to wake one may take a time slice, and is not timed.
        waitedBefore = waited(kernel);
      },
      afterEach() {
        const waits = waited(kernel).map((ns, i) => ns - waitedBefore[i]);
        // Of another process's work, this thread's account says nothing.
        if (own !== null && kernel.ownNs?.() === undefined) {
          queued.push(Math.max(...waits));
          callerQueuedNs += waits[0];
        }
        kernel.after();
        reads.push(arena.read(calls[timeNs.length].reads));
        timeNs.push(lastNs);
        if (kernel.marked) marked.push(kernel.marked());
      },
    },
  );
  try {
    if (calls.length > 0) bench.runSync();
  } catch (error) {
    // tinybench makes a new error of one from another realm.
    throw thrown ? thrown.error : error;
  }
  await pause(pauseMs);
  checkLastResult();
  return {
    timeNs,
    queuedNs: queued.length === timeNs.length ? queued : null,
    callerQueuedNs,
    reads,
    changedLater,
    ...(kernel.marked && { marked }),
    ...(kernel.counts && { counts: kernel.counts() }),
    ...warmed,
  };
}

/** Nanoseconds of the last call: those that went by here, or those of the process that did the work, which lie within. */
function tookNs({ ownNs }: Kernel, seenNs: number): number {
  const own = ownNs?.();
  if (own === undefined) return seenNs;
  if (own >= 0 && own <= seenNs) return own;
  throw new Error(`its own process reports ${own} ns for a call, and ${seenNs} ns went by`);
}

function warmUp(kernel: Kernel, arena: CellArena, { writes, calls, minCalls = 1, callsMs, ms, maxMs = ms }: Warmup) {
  const start = clock();
  const timeNs: number[] = [];
  let spentNs = 0;
  // With what lies between the calls, a warm-up may take twice its limit.
  const within = (limitMs: number) => spentNs < limitMs * 1e6 && clock() - start < BigInt(2e6 * limitMs);
  const wanted = () => timeNs.length < calls && (callsMs === undefined || timeNs.length < minCalls || within(callsMs));
  while (wanted() || within(ms) || (!isSteady(timeNs) && within(maxMs))) {
    arena.write(writes);
    kernel.before();
    const [queued = 0] = waited(kernel);
    const before = clock();
    kernel.call();
    const took = tookNs(kernel, Number(clock() - before));
    const [queuedAfter = 0] = waited(kernel);
    kernel.after();
    // Other work on the machine must not prolong a warm-up.
    timeNs.push(kernel.ownNs?.() ?? took - (queuedAfter - queued));
    spentNs += took;
  }
  return { ...(maxMs > ms && { steady: isSteady(timeNs) }), warmedNs: timeNs.reduce((sum, ns) => sum + ns, 0) };
}

const steadyCalls = 10;
const maxVariation = 0.02;

/** Whether the last ten calls took the same time, within a coefficient of variation of 2 %. */
export function isSteady(timeNs: readonly number[]): boolean {
  if (timeNs.length < steadyCalls) return false;
  const last = timeNs.slice(-steadyCalls);
  const mean = last.reduce((sum, ns) => sum + ns, 0) / steadyCalls;
  const variance = last.reduce((sum, ns) => sum + (ns - mean) ** 2, 0) / (steadyCalls - 1);
  return Math.sqrt(variance) <= maxVariation * mean;
}

const own = openSchedstat();

/** Nanoseconds so far without a CPU, of the calling thread and of the kernel's others; empty where the system keeps no account. */
function waited({ accounts = [] }: Kernel): readonly number[] {
  return own === null ? [] : [own, ...accounts].map(waitedNs);
}
