/** Temporary files and folders have their process's id in their name: which system counted it, and whether that process still runs. */

import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { attempt } from '../contract/attempt.ts';
import { sha256 } from '../contract/sha256.ts';

/** The number of the namespace in which process ids count; 0 on a system without namespaces. */
export function namespace(): string {
  return attempt(() => /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0', '0');
}

/** Identifies this machine since its boot, and the namespace: 8 hex digits. A process id means one process in it. */
export function system(): string {
  const boot = attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'), hostname());
  return sha256(`${boot}${namespace()}`).slice(0, 8);
}

export function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
