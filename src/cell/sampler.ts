/**
 * The inner loop, by tinybench: warm up, then one timed call per set of inputs. Its hooks put inputs in place and take
 * results away; the duration is ours (`overriddenDuration`), around the call alone, and kept raw in time order, since
 * tinybench sorts what it retains.
 */
import { Bench } from 'tinybench';
import type { CellArena } from './arena.ts';
import type { Kernel } from './kernel.ts';
import type { MarkedNs, Samples, Sampling } from './protocol.ts';

/** Taken before any candidate is loaded: what one later patches is not what we call. */
const clock = process.hrtime.bigint;

export function sample(kernel: Kernel, arena: CellArena, { calls, warmup }: Sampling): Samples {
  const timeNs: number[] = [];
  const reads: Uint8Array[][] = [];
  const marked: MarkedNs[] = [];
  let lastNs = 0;
  const bench = new Bench({
    warmup: warmup !== undefined,
    warmupIterations: warmup?.calls ?? 0,
    warmupTime: warmup?.ms ?? 0,
    iterations: calls.length,
    time: 0,
    throws: true,
  });
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
      beforeEach(mode) {
        arena.write(mode === 'warmup' && warmup ? warmup.writes : calls[timeNs.length].writes);
        kernel.before();
      },
      afterEach(mode) {
        kernel.after();
        if (mode === 'warmup') return;
        reads.push(arena.read(calls[timeNs.length].reads));
        timeNs.push(lastNs);
        if (kernel.marked) marked.push(kernel.marked());
      },
    },
  );
  if (calls.length > 0) bench.runSync();
  return kernel.marked ? { timeNs, reads, marked } : { timeNs, reads };
}
