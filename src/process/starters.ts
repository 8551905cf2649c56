/**
 * The starters are the processes between the user and this one: npm, and the shell that it starts. A signal to one of them does not always
 * reach this process, which would then go on unseen. The user's own shell is no starter: a background run may outlive it.
 *
 * Needs    /proc; elsewhere only the nearest one is watched.
 */
import { readFileSync } from 'node:fs';
import { attempt } from '../contract/attempt.ts';

const everyMs = 1000;
/** After a longer gap, the machine slept or all processes were paused, which wakes a shell too. Date.now() counts such time. */
const lateMs = 30 * everyMs;

/** Calls `tell` once a starter has ended, or has got a signal that it did not pass on. */
export function watchStarters(tell: () => void): void {
  // npm sets it for each process that it starts.
  if (process.env.npm_lifecycle_event === undefined) return;
  let before = starters();
  // Wakings before the first look do not count: a shell may not wait for its command yet.
  const never = Number.NEGATIVE_INFINITY;
  let lookedAt = never;
  process.on('SIGCONT', () => {
    lookedAt = never;
  });
  const watch = setInterval(() => {
    const now = starters();
    const woken = now.wakings !== before.wakings && Date.now() - lookedAt < lateMs;
    [before, lookedAt] = [{ ...now, pids: before.pids }, Date.now()];
    if (now.pids === before.pids && !woken) return;
    clearInterval(watch);
    tell();
  }, everyMs).unref();
}

/** The pids of the starters, the first npm first, and the wakings of their shells. */
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
 * Counts how often a shell that only waits for one command has woken. npm sends SIGINT only to that shell, and dash keeps it until the
 * command has ended; only a signal wakes it.
 */
function wakingsOf(pid: number): string {
  const [, flag, script = ''] = read(pid, 'cmdline').split('\0');
  if (flag !== '-c' || /[&|;\n]/.test(script)) return '';
  return /^voluntary_ctxt_switches:\s*(\d+)/m.exec(read(pid, 'status'))?.[1] ?? '';
}

const read = (pid: number | 'self', file: string) => readFileSync(`/proc/${pid}/${file}`, 'utf8');

/**
 * Whether `nohup` started this process. Node resets the ignored SIGHUP, so the sign is the name that a shell sets in `_`, or a standard
 * input that is open for writing only, as nohup opens it.
 */
export function outlivesTerminal(): boolean {
  if (/(^|\/)nohup$/.test(process.env._ ?? '')) return true;
  return attempt(() => /^flags:\s*\d*1$/m.test(read('self', 'fdinfo/0')), false);
}
