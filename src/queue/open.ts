/** Opens a queue: of a folder, or in a Postgres. Their packages are loaded here, and not before. */
import { join } from 'node:path';
import { workspace } from '../files/places.ts';
import { mending } from './base.ts';
import { type EmbeddedOptions, markReady, openEmbedded } from './embedded.ts';
import { Heartbeat } from './heartbeat.ts';
import { hosts, putCheck } from './hosts.ts';
import { clear, type LeaseOptions, putBack, scored, send, states, Taker } from './leases.ts';
import type { Queue } from './queue.ts';
import { openShared } from './shared.ts';
import { checkTables, makeTables } from './tables.ts';

export interface QueueOptions extends EmbeddedOptions, Partial<LeaseOptions> {
  /** Of a Postgres; without it, the queue lies in the folder. */
  readonly url?: string;
  /** `.nfold/queue`, if not given; null for one in memory. */
  readonly folder?: string | null;
  /** Whether to make the tables that are not there: the one who sends does, a worker has no rights for it. */
  readonly owner?: boolean;
}

/** Throws NfoldError where it cannot be opened. */
export async function openQueue({
  url,
  folder = join(workspace().state, 'queue'),
  owner = true,
  maxWaiting = 1000,
  heartbeatSeconds = 30,
  wait,
}: QueueOptions = {}): Promise<Queue> {
  const base = url === undefined ? await openEmbedded(folder, { wait }) : await openShared(url, owner);
  try {
    await mending(base, async () => {
      if (base.sole || owner) await makeTables(base);
      await checkTables(base);
      if (base.sole) await putBack(base);
    });
    if (base.sole && folder !== null) markReady(folder);
  } catch (error) {
    await base.close();
    throw error;
  }
  const options = { maxWaiting, heartbeatSeconds };
  // The only process is not taken for lost.
  const heartbeat = url === undefined ? null : new Heartbeat({ url, everyMs: (heartbeatSeconds * 1000) / 3 });
  const taker = new Taker(base, options, heartbeat);
  return {
    sole: base.sole,
    send: (jobs) => mending(base, () => send(base, jobs, options)),
    clear: (keys) => mending(base, () => clear(base, keys)),
    states: (keys) => mending(base, () => states(base, keys)),
    scored: (key) => mending(base, () => scored(base, key)),
    take: (host, terms = {}) => mending(base, () => taker.take(host, terms)),
    hosts: () => mending(base, () => hosts(base)),
    putCheck: (check) => mending(base, () => putCheck(base, check)),
    async close() {
      await heartbeat?.close();
      await base.close();
    },
  };
}
