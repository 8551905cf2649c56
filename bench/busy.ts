/** Other work on the machine: processes that keep a core busy each. */
import { spawn } from 'node:child_process';

/** Does the work beside `count` of them, and ends them. */
export async function beside<T>(count: number, work: () => Promise<T>): Promise<T> {
  const others = Array.from({ length: count }, () => spawn(process.execPath, ['--eval', 'for (;;);']));
  try {
    return await work();
  } finally {
    for (const other of others) other.kill();
  }
}
