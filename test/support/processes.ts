/** Processes seen from outside, in /proc: who started whom, and who is no more. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** Process ids count again from the start some day: with its time of birth, one is itself. */
export interface Seen {
  readonly pid: number;
  readonly parent: number;
  readonly born: string;
  /** T: stopped. */
  readonly state: string;
  readonly command: string;
}

/** Null for one that is no more, or waits for nothing but to be reaped. */
function look(pid: number): Seen | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, parent, born] = [fields[0], Number(fields[1]), fields[19]];
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return state === 'Z' || state === 'X' ? null : { pid, parent, born, state, command };
  } catch {
    return null;
  }
}

/** All that a process has started, and what those have. */
export function descendants(pid: number): Seen[] {
  const all = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (look(Number(name)) ?? []) : []));
  const below = (parent: number): Seen[] =>
    all.filter((one) => one.parent === parent).flatMap((one) => [one, ...below(one.pid)]);
  return below(pid);
}

/** As long as it takes; the test's limit ends it. */
export async function until<T>(found: () => T | null | undefined | false): Promise<T> {
  for (;;) {
    const value = found();
    if (value) return value;
    await setTimeout(20);
  }
}

export const untilGone = (some: readonly Seen[]): Promise<boolean> =>
  until(() => some.every(({ pid, born }) => look(pid)?.born !== born));

/** A Node on PATH that is too old for nfold, which then goes through its wrapper. */
export const olderNode = (process.env.PATH ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'node'))
  .filter(existsSync)
  .find((file) => Number(/^v(\d+)/.exec(spawnSync(file, ['--version'], { encoding: 'utf8' }).stdout)?.[1]) < 24);
