/** The scheduler's account of the threads of a cell: how long each was ready to run but had no CPU. Linux keeps one; elsewhere it is null. */
import { openSync, readSync } from 'node:fs';
import { attempt } from '../contract/attempt.ts';

/** The account of the thread that opens it. */
export const schedstatFile = '/proc/thread-self/schedstat';

/** An open account: its descriptor is good in every thread of the process. */
export type Schedstat = number;

/** The calling thread's. */
export const openSchedstat = (): Schedstat | null => attempt(() => openSync(schedstatFile, 'r'), null);

const text = Buffer.alloc(128);

/** Nanoseconds so far without a CPU. */
export function waitedNs(account: Schedstat): number {
  const bytes = readSync(account, text, 0, text.length, 0);
  return Number(text.toString('latin1', 0, bytes).split(' ')[1]);
}
