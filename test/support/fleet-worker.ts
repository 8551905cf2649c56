/** A worker whose judge takes a given time, or as long as a test wants, as a program: `fleet-worker.ts '{"name":"a","judgeMs":50}'`, with NFOLD_QUEUE. */
import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { openQueue } from '../../src/queue/open.ts';
import { work } from '../../src/queue/worker.ts';
import type { WorkerSettings } from './fleet.ts';

const settings: WorkerSettings = JSON.parse(process.argv[2]);
const { name, judgeMs = 50, hold, heartbeatSeconds = 30, once = false, baseline } = settings;
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
const queue = await openQueue({ url: process.env.NFOLD_QUEUE, owner: false, heartbeatSeconds });
await work(
  queue,
  { name, class: 'test' },
  async ({ label }) => {
    if (label.startsWith('kills')) process.kill(process.pid, 'SIGKILL');
    if (label.startsWith('throws')) throw new Error(`the judge of ${label} throws`);
    // As an oracle does that computes for long: nothing else of this thread runs meanwhile.
    if (label.startsWith('blocks'))
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3000 * heartbeatSeconds);
    while (hold && !existsSync(hold) && !stop.signal.aborted) await pause(20);
    await pause(judgeMs, undefined, { signal: stop.signal }).catch(() => {});
    return { record: `"${name} ${label}"`, interrupted: stop.signal.aborted };
  },
  {
    ...{ once, signal: stop.signal, lock: `nfold-test-${process.pid}` },
    ...{ pollSeconds: [0.05, 0.2], restSeconds: 0.05 },
    fault: ({ baselines }) =>
      baseline === undefined || baselines.sgemm === baseline ? null : 'It has another baseline.',
    onEvent: ({ kind, key = '', sentence }) => process.stderr.write(`${kind} ${key} ${sentence}\n`),
  },
);
await queue.close();
