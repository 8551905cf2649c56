/**
 * What it costs to hand a call to several threads and to wait for the last of them: calls of a kernel in which each thread only writes its
 * number, on threads that spin with a CPU each (as timed calls do), that spin wherever the system puts them, and that sleep (as in verification).
 *
 *   node bench/handoff.ts [--threads N] [--calls N] [--busy N]     busy: beside so many other processes that keep a core busy
 */
import { mean, median, quantile } from 'simple-statistics';
import { Cell } from '../src/cell/cell.ts';
import { cpus } from '../src/cell/cpu.ts';
import { compile } from '../src/compiler/compile.ts';
import { usableCores } from '../src/machine/cpus.ts';
import { numbersModule } from '../src/machine/threads.ts';
import { calmTimes } from '../src/stats/samples.ts';
import { beside } from './busy.ts';
import { parseOptions } from './options.ts';

const { values } = parseOptions({
  options: {
    threads: { type: 'string', default: `${usableCores()}` },
    calls: { type: 'string', default: '2000' },
    busy: { type: 'string', default: '0' },
  },
});
const [threads, calls, busy] = [values.threads, values.calls, values.busy].map(Number);

async function measure(bytes: Uint8Array, count: number, { own = false, sleep = false } = {}) {
  const cell = new Cell({ flags: [], cpus: own ? cpus() : [] });
  const slots = [{ name: 'numbers', dtype: 'i32', offset: 0, length: count }] as const;
  try {
    const opening = { artifact: { kind: 'wasm', bytes }, op: 'handoff', dims: {}, scalars: {} } as const;
    await cell.open({ ...opening, slots, bytes: 4 * count, threads: count, untimed: sleep });
    const call = { writes: [], reads: [] };
    await cell.sample({ calls: Array.from({ length: 200 }, () => call) });
    const { timeNs, queuedNs } = await cell.sample({ calls: Array.from({ length: calls }, () => call) });
    const waiting = calls - calmTimes({ timeNs, queuedNs }).length;
    return { times: [...timeNs], waiting: waiting / calls };
  } finally {
    cell.close();
  }
}

const us = (ns: number) => `${(ns / 1e3).toFixed(1)} us`;
await beside(busy, async () => {
  const bytes = await compile({ type: 'wat', text: numbersModule });
  const ways: readonly [string, number, { own?: boolean; sleep?: boolean }][] = [
    ['not at all', 1, { own: true }],
    ['spinning, a CPU each', threads, { own: true }],
    ['spinning, any CPU', threads, {}],
    ['sleeping, any CPU', threads, { sleep: true }],
  ];
  const found = new Map<string, Awaited<ReturnType<typeof measure>>[]>();
  // Each way in turn with the others, so that what the machine does meanwhile meets all.
  for (let round = 0; round < 5; round++) {
    for (const [how, count, options] of ways) {
      found.set(how, [...(found.get(how) ?? []), await measure(bytes, count, options)]);
    }
  }
  const line = (cells: readonly string[]) => console.log(`| ${cells.join(' | ')} |`);
  line(['threads', 'how they wait', 'busy processes', 'median', '9 of 10 below', 'calls that waited for a CPU']);
  line(Array.from({ length: 6 }, () => '---'));
  for (const [how, count] of ways) {
    const rounds = found.get(how) ?? [];
    const times = rounds.flatMap((one) => one.times);
    const waiting = mean(rounds.map((one) => one.waiting));
    line([`${count}`, how, `${busy}`, us(median(times)), us(quantile(times, 0.9)), `${(100 * waiting).toFixed(1)} %`]);
  }
});
