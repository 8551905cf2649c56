/**
 * The starters are the processes between the user and this one: npm, and the shell that it starts. A signal to one of them does not
 * always reach us, and then we should not go on unseen. The user's own shell is no starter: a background run may outlive it.
 *
 * Needs    /proc; elsewhere only the nearest one is watched.
 */
import { readFileSync } from 'node:fs';

const everyMs = 1000;
/** A longer gap means that the machine slept or that all processes were paused, which wakes a shell too. Date.now() goes on meanwhile. */
const lateMs = 30 * everyMs;

/** Calls `told` once a starter has ended, or has got a signal that it did not pass on. */
export function watchStarters(told: () => void): void {
  // npm sets it for all that it starts.
  if (process.env.npm_lifecycle_event === undefined) return;
  let before = starters();
  // Not known yet: a shell may still be on its way to where it waits.
  let at = Number.NEGATIVE_INFINITY;
  process.on('SIGCONT', () => {
    at = Number.NEGATIVE_INFINITY;
  });
  const watch = setInterval(() => {
    const now = starters();
    const woken = now.wakings !== before.wakings && Date.now() - at < lateMs;
    [before, at] = [{ ...now, pids: before.pids }, Date.now()];
    if (now.pids === before.pids && !woken) return;
    clearInterval(watch);
    told();
  }, everyMs).unref();
}

/** From the nearest to the first npm. */
function starters() {
  const [pids, wakings]: [number[], string[]] = [[process.ppid], []];
  try {
    for (;;) {
      wakings.push(wakingsOf(pids[0]));
      if (!read(pids[0], 'environ').includes('\0npm_lifecycle_event=')) break;
      pids.unshift(Number(/^PPid:\s*(\d+)/m.exec(read(pids[0], 'status'))?.[1]));
    }
  } catch {
    // This system has no /proc, or the process belongs to another user.
  }
  return { pids: pids.join(' '), wakings: wakings.join(' ') };
}

/**
 * How often a shell that only waits for one command has woken. npm hands SIGINT to it alone, and dash keeps that until the command
 * has ended; nothing but a signal wakes it.
 */
function wakingsOf(pid: number): string {
  const [, flag, script = ''] = read(pid, 'cmdline').split('\0');
  if (flag !== '-c' || /[&|;\n]/.test(script)) return '';
  return /^voluntary_ctxt_switches:\s*(\d+)/m.exec(read(pid, 'status'))?.[1] ?? '';
}

const read = (pid: number, file: string) => readFileSync(`/proc/${pid}/${file}`, 'utf8');

/**
 * Whether `nohup` started us. Node forgets that SIGHUP was to be ignored; what tells is the name that a shell leaves, or the standard
 * input, which nohup opens for writing alone.
 */
export function outlivesTerminal(): boolean {
  if (/(^|\/)nohup$/.test(process.env._ ?? '')) return true;
  try {
    return /^flags:\s*\d*1$/m.test(readFileSync('/proc/self/fdinfo/0', 'utf8'));
  } catch {
    return false;
  }
}
