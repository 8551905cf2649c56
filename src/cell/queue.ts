/** The scheduler's account of this thread, which Linux keeps: how long it has been ready to run and had no CPU. */
import { openSync, readSync } from 'node:fs';
import { queueFile } from './protocol.ts';

const account = open();
const text = Buffer.alloc(128);

function open(): number | null {
  try {
    return openSync(queueFile, 'r');
  } catch {
    return null;
  }
}

/** So far, in nanoseconds; null where the system does not say. */
export function queuedNs(): number | null {
  if (account === null) return null;
  const [, queued] = text.toString('latin1', 0, readSync(account, text, 0, text.length, 0)).split(' ');
  return Number(queued);
}
