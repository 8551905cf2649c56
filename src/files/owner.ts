/** Whose a temporary file or folder is, by the process id in its name, and whether that process is still there. */
import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** The number of the namespace that process ids count in; 0 where the system has no such thing. */
export function namespace(): string {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0';
  } catch {
    return '0';
  }
}

/** Process ids count in this namespace of this machine, until it starts anew. */
export function system(): string {
  const bootId = '/proc/sys/kernel/random/boot_id';
  let boot = hostname();
  try {
    boot = readFileSync(bootId, 'utf8');
  } catch {
    // Linux alone has it.
  }
  return createHash('sha256').update(`${boot}${namespace()}`).digest('hex').slice(0, 8);
}

export function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
