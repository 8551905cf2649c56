/**
 * Starts processes, and locks down those that run code which is not ours. On every system: Node's permission model (a process reads its
 * own code and nothing else; no writing, network, processes or addons), no code from strings, limits for heap and arena, an empty
 * environment. On a system that allows it: user, network and IPC namespaces, so that the kernel refuses as well. The baseline and
 * candidates are started alike. Peers, which are trusted libraries, get none of these locks.
 *
 * Needs    `unshare` for the namespaces, `prlimit` for memory that no other limit counts (procfs.ts), and `setpriv` so that a stopped
 *          process ends with its parent; without `setpriv` a shell sees to that.
 */
import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join, resolve } from 'node:path';
import { attempt } from '../contract/attempt.ts';
import { packageRoot } from '../files/places.ts';
import { limitData, maxDataBytes } from './procfs.ts';

/** Limit of JavaScript's heap. Typed arrays lie outside it: the parent watches the memory of the whole process. */
export const heapMiB = 1024;
/** 2 GiB: an arena may declare a larger maximum, but never grows beyond this. */
const arenaPages = 32768;

export interface Program {
  /** The file to run, one of nfold's. */
  readonly main: string;
  /** Other paths that it may read, relative to the package's folder. */
  readonly reads: readonly string[];
  /** V8 flags. */
  readonly flags: readonly string[];
}

/** Starts a program of ours that runs or reads untrusted code. */
export function startLocked({ main, reads, flags }: Program, options: SpawnOptions): ChildProcess {
  const permissions = permissionFlags([main, ...reads.map((path) => resolve(packageRoot, path))]);
  return startTool([process.execPath, ...flags, ...permissions, main], options);
}

/** Starts a tool of the system on untrusted source: what the system confines, without Node's permission model. */
export function startTool(command: readonly string[], options: SpawnOptions): ChildProcess {
  const child = start([...sandboxPrefix(), ...command], options);
  preferForOomKill(child);
  limitData(child.pid, maxDataBytes);
  return child;
}

/** Starts a program that runs a peer: no locks, and V8 as it comes, with Maglev. */
export function startTrusted({ main, flags }: Program, options: SpawnOptions): ChildProcess {
  const ending = endsWithParent() ? setpriv : [];
  return start([...ending, process.execPath, ...flags, main], options);
}

/** Cells within their limits can together still exhaust memory: Linux should then kill a cell, not nfold. */
function preferForOomKill({ pid }: ChildProcess): void {
  attempt(() => writeFileSync(`/proc/${pid}/oom_score_adj`, '1000'));
}

/**
 * `--no-maglev` holds for the baseline and for candidates alike. Code that this middle compiler makes for the inside of a long loop is
 * entered call after call and never replaced, or is replaced early, by chance and for the life of a process: plain matrix products then
 * run at 0.6 of their speed, or at full speed.
 */
function permissionFlags(readable: readonly string[]): string[] {
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

/** Starts a process group: Ctrl-C reaches the parent alone, which decides what to keep, and one signal ends the whole group. */
function start([command, ...args]: readonly string[], options: SpawnOptions): ChildProcess {
  const child = spawn(command, args, { env: {}, serialization: 'advanced', detached: true, ...options });
  if (child.pid !== undefined && !endsWithParent()) guard(child);
  return child;
}

/**
 * Replaces `setpriv`: a shell waits for the end of its input, which comes when this process ends in whatever way, and then kills the
 * group. A process that is stopped or runs an endless kernel would not notice by itself.
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
  return attempt(() => process.kill(-pid, signal), false);
}

/** What confines a candidate on this system. */
export function isolation(): 'user namespace + permission model' | 'permission model only' {
  const hasNamespaces = sandboxPrefix().some((word) => word.endsWith('unshare'));
  return hasNamespaces ? 'user namespace + permission model' : 'permission model only';
}

/** The shell sees whether this process has ended before `setpriv` could ask for the signal; none of its own variables goes on. A tool's PATH may lack `env`. */
const [env = 'env'] = toolWords('env');
const script = `test "$PPID" = "$0" && exec ${env} -u PWD -u OLDPWD -u SHLVL -u _ "$@"`;
const stillHere = ['/bin/sh', '-c', script, `${process.pid}`];
const setpriv = toolWords('setpriv', '--pdeathsig', 'KILL', ...stillHere);
const endsWithParent = () => setpriv.length > 0 && sandboxPrefix().includes(setpriv[0]);

let foundPrefix: readonly string[] | null = null;

/** The words in front of `node`: both tools if a process starts behind both, else the one that works alone. Tried once. */
function sandboxPrefix(): readonly string[] {
  const tools = [toolWords('unshare', '-Uni'), setpriv];
  foundPrefix ??= [tools, tools.filter(starts), tools.slice(0, 1)].map((some) => some.flat()).find(starts) ?? [];
  return foundPrefix;
}

function toolWords(name: string, ...args: string[]): readonly string[] {
  const path = ['/usr/bin', '/bin'].map((folder) => join(folder, name)).find(existsSync);
  return path ? [path, ...args] : [];
}

/** Whether `node` starts behind these words. */
function starts([command, ...args]: readonly string[]): boolean {
  if (command === undefined) return true;
  return spawnSync(command, [...args, process.execPath, '--v8-options'], { stdio: 'ignore', env: {} }).status === 0;
}
