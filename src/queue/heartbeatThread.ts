/** The thread of a Heartbeat: while it is told of a try, it says every so often that its worker lives. A later try of the job is left alone. */
import { parentPort, workerData } from 'node:worker_threads';
import { type Base, schema } from './base.ts';
import type { Beat, Heart } from './heartbeat.ts';
import { openShared } from './shared.ts';

const { url, everyMs } = workerData as Heart;
let base: Base | null = null;
let current: Beat | null = null;
let isBusy = false;

parentPort!.on('message', (beat: Beat | null) => {
  current = beat;
});
setInterval(touch, everyMs);
// So that the first beat finds a connection.
void touch();

async function touch(): Promise<void> {
  if (isBusy) return;
  isBusy = true;
  try {
    base ??= await openShared(url, false, { max: 1, idleTimeoutMillis: 0, query_timeout: everyMs });
    if (current === null) return;
    await base.rows(
      `update ${schema}.job set heartbeat_on = now() where name = $1 and id = $2 and state = 'active' and retry_count = $3`,
      [current.queue, current.id, current.token],
    );
  } catch {
    // Postgres is away, as the worker itself says: the next beat connects anew.
  } finally {
    isBusy = false;
  }
}
