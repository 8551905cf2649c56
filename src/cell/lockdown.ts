/**
 * How a process is started that runs code which is not ours. Everywhere: Node's permission model (reads its own code and nothing else,
 * writes nothing, no network, no processes, no addons), no code from strings, limits for both kinds of memory, an empty environment.
 * Where the system lets everybody have them: user, network and IPC namespaces, so that the kernel says no as well. Baseline and
 * candidates are started alike.
 *
 * Needs    `unshare` for the namespaces, `prlimit` for memory that no other limit counts (watch.ts), and `setpriv` so that a process which
 *          is stopped ends with its parent: a shell sees to that elsewhere.
 */
import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join, resolve } from 'node:path';
import { packageRoot } from '../files/places.ts';
import { onCpu } from './cpu.ts';
import { limitData, maxDataBytes } from './procfs.ts';

export type Isolation = 'user namespace + permission model' | 'permission model only';

/** Of JavaScript's heap. Typed arrays lie outside of it: the parent watches the process as a whole, and the system limits it. */
const heapMiB = 1024;
/** 2 GiB: an arena may declare a larger maximum, but never grows beyond this. */
const arenaPages = 32768;

export interface Program {
  /** A file of ours. */
  readonly main: string;
  /** What it may read besides, from the package's folder. */
  readonly reads: readonly string[];
  readonly flags: readonly string[];
  /** The CPU that it is kept on; any, if undefined. */
  readonly cpu?: number;
}

export function startLocked({ main, reads, flags, cpu }: Program, options: SpawnOptions): ChildProcess {
  const readable = [main, ...reads.map((path) => resolve(packageRoot, path))];
  const words = [...onCpu(cpu), ...confinement(), process.execPath, ...flags, ...locks(readable), main];
  const child = firstToGo(start(words, options));
  limitData(child.pid, maxDataBytes);
  return child;
}

/** Many processes, each within its limit, may still be too much for a machine: then the system should end one of them, and not us. */
function firstToGo(child: ChildProcess): ChildProcess {
  try {
    writeFileSync(`/proc/${child.pid}/oom_score_adj`, '1000');
  } catch {
    // Linux alone has it.
  }
  return child;
}

/** For libraries that we trust and that need more than their own bytes. */
export function startTrusted({ main, flags, cpu }: Program, options: SpawnOptions): ChildProcess {
  return start([...onCpu(cpu), ...(endsWithUs() ? ending : []), process.execPath, ...flags, main], options);
}

/**
 * Without V8's middle compiler: code that it makes for the inside of a long loop is entered call after call and never replaced, or is
 * replaced early, by chance and for the life of a process. Plain matrix products then run at 0.6 of their speed, or don't.
 */
function locks(readable: readonly string[]): string[] {
  return [
    '--permission',
    '--allow-worker',
    ...readable.map((path) => `--allow-fs-read=${path}`),
    '--no-addons',
    '--disable-proto=delete',
    '--disallow-code-generation-from-strings',
    `--max-old-space-size=${heapMiB}`,
    `--wasm-max-mem-pages=${arenaPages}`,
    '--no-maglev',
    '--disable-warning=SecurityWarning',
    '--disable-warning=ExperimentalWarning',
  ];
}

/** With a process group of its own: Ctrl-C reaches the parent alone, which decides what to keep, and all of it can be killed at once. */
function start([command, ...args]: readonly string[], options: SpawnOptions): ChildProcess {
  const child = spawn(command, args, { env: {}, serialization: 'advanced', detached: true, ...options });
  if (child.pid !== undefined && !endsWithUs()) guard(child);
  return child;
}

/**
 * In place of `setpriv`: a shell that waits for the end of its input, which comes with the end of this process however it ends, and then
 * ends the group. A process that is stopped, or that runs an endless kernel, would not see that by itself.
 */
function guard(child: ChildProcess): void {
  const script = `read -r line; kill -s KILL -- -${child.pid}`;
  const shell = spawn('/bin/sh', ['-c', script], { env: {}, stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  shell.on('error', () => {}).unref();
  (shell.stdin as Socket).unref();
  child.on('exit', () => shell.kill('SIGKILL'));
}

/** Ends a process and all that it has started, stopped or not. */
export function endGroup(child: ChildProcess): void {
  if (!signalGroup(child, 'SIGKILL')) child.kill('SIGKILL');
}

/** Whether the signal could be sent. */
export function signalGroup({ pid, exitCode, signalCode }: ChildProcess, signal: NodeJS.Signals): boolean {
  if (pid === undefined || exitCode !== null || signalCode !== null) return false;
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}

/** What stands between a candidate and this system. */
export function isolation(): Isolation {
  return confinement().some((part) => part.endsWith('unshare'))
    ? 'user namespace + permission model'
    : 'permission model only';
}

const ending = program('setpriv', '--pdeathsig', 'KILL');
const endsWithUs = () => ending.length > 0 && confinement().includes(ending[0]);

let confined: readonly string[] | null = null;

/** The words in front of `node`: found out by trying, once. */
function confinement(): readonly string[] {
  const namespaces = program('unshare', '-Uni');
  confined ??= workable([namespaces, ending]);
  return confined;
}

/** All of these words, if a process starts behind them; else those behind which one starts by themselves. */
function workable(parts: readonly (readonly string[])[]): readonly string[] {
  const starts = ([command, ...args]: readonly string[]) =>
    command === undefined || runs(command, [...args, process.execPath, '--v8-options']);
  return [parts, parts.filter(starts), parts.slice(0, 1)].map((some) => some.flat()).find(starts) ?? [];
}

function program(name: string, ...args: string[]): string[] {
  const path = ['/usr/bin', '/bin'].map((folder) => join(folder, name)).find(existsSync);
  return path ? [path, ...args] : [];
}

function runs(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore', env: {} }).status === 0;
}
