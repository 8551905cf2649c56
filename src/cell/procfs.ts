/** What the parent sees of a cell from outside, and how it limits its memory. On Linux, from /proc. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { constrainedMemory } from 'node:process';
import { attempt } from '../contract/attempt.ts';
import type { Samples } from './protocol.ts';

/** Memory that this process may use: a container often has less than the machine. */
const memoryBytes = Math.min(totalmem(), constrainedMemory() || Number.POSITIVE_INFINITY);

/** The largest arena and the largest heap together; less on a small machine, which should not swap for a candidate. */
export const maxResidentBytes = Math.min(3 * 2 ** 30, 0.6 * memoryBytes);

/**
 * The limit that the system enforces on data, used or not, also while this process is too busy to look. It is higher, since V8 asks for
 * 0.7 GiB that it never touches.
 */
export const maxDataBytes = maxResidentBytes + 2 ** 30;

/** Bytes that a process has in use, and bytes that the system counts as its data, used or not; 0 where unknown. */
export function memoryOf(pid: number | undefined): { readonly resident: number; readonly data: number } {
  const status = attempt(() => readFileSync(`/proc/${pid}/status`, 'utf8'), '');
  const bytes = (what: string) => 1024 * Number(new RegExp(`^${what}:\\s*(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0);
  return { resident: bytes('VmRSS'), data: bytes('VmData') };
}

const prlimit = ['/usr/bin/prlimit', '/bin/prlimit'].find(existsSync);

/** Limits a process's data, or lifts the limit (null). JavaScript has no call that could raise it from inside. */
export function limitData(pid: number | undefined, bytes: number | null): void {
  if (!prlimit || pid === undefined) return;
  spawnSync(prlimit, ['--pid', `${pid}`, `--data=${bytes ?? 'unlimited'}:`], { stdio: 'ignore', env: {} });
}

/** Ids of the threads that run a candidate: the main one first, and the pool's. Those of V8, which compile and collect, are left out. */
export function threadsOf(pid: number | undefined): string[] {
  const tasks = readdirSync(`/proc/${pid}/task`).filter((task) => task !== `${pid}`);
  const isPool = (task: string) => readFileSync(`/proc/${pid}/task/${task}/comm`, 'utf8').includes('WorkerThread');
  return [`${pid}`, ...tasks.filter(isPool)];
}

/** CPU time so far, in nanoseconds by thread id. Null where the system keeps no such account. */
function cpuTimes(pid: number | undefined): ReadonlyMap<string, number> | null {
  try {
    const timeOf = (task: string) => Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]);
    return new Map(threadsOf(pid).map((task) => [task, timeOf(task)]));
  } catch {
    return null;
  }
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/**
 * Compares the times that a cell reports with what the parent sees. Reported calls cannot exceed the wall time. CPU time that the cell's
 * threads spend outside calls is untimed work: copying inputs, or something hidden.
 */
export class TimeAudit {
  readonly #pid: number | undefined;
  readonly #began = process.hrtime.bigint();
  readonly #before: ReadonlyMap<string, number> | null;

  constructor(pid: number | undefined) {
    this.#pid = pid;
    this.#before = cpuTimes(pid);
  }

  /** Nanoseconds of CPU time outside calls, null where the system keeps no account; or why the reported times are impossible. */
  close({ timeNs, callerQueuedNs = 0, warmedNs = 0 }: Samples): number | null | { readonly impossible: string } {
    const wallNs = Number(process.hrtime.bigint() - this.#began);
    const calledNs = sum(timeNs);
    if (calledNs > wallNs || timeNs.some((ns) => ns < 0)) {
      return { impossible: `reported ${calledNs} ns for its calls, but only ${wallNs} ns went by` };
    }
    const after = cpuTimes(this.#pid);
    const before = this.#before;
    if (!before || !after) return null;
    const inCalls = calledNs - callerQueuedNs + warmedNs;
    return sum([...after].map(([thread, ns]) => Math.max(0, ns - (before.get(thread) ?? 0) - inCalls)));
  }
}
