/** nfold as a function of this process, which is how most tests call it, and as a user starts it: a process of its own. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { main } from '../../src/cli.ts';
import { packageRoot, workspaceAt } from '../../src/files/places.ts';
import { Io } from '../../src/report/output.ts';

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a variable of the environment is to be; `undefined` takes it away. */
type Env = Readonly<Record<string, string | undefined>>;

/** An Io that keeps what it is told. */
export function listening() {
  const said = { stdout: '', stderr: '' };
  const waiting = new Set<() => void>();
  const sink = (stream: keyof typeof said) => ({
    write: (text: string) => {
      said[stream] += text;
      for (const look of waiting) look();
    },
  });
  const io = new Io({ stdout: sink('stdout'), stderr: sink('stderr') });
  /** Resolves as soon as stderr has said so. */
  const heard = (phrase: string | RegExp) =>
    new Promise<void>((resolve) => {
      const look = () =>
        (typeof phrase === 'string' ? said.stderr.includes(phrase) : phrase.test(said.stderr)) && resolve();
      waiting.add(look);
      look();
    });
  return { io, said, heard };
}

/** In the folder `cwd`. Once it has said `stopAt`, it is asked to stop, as Ctrl-C does. */
export async function nfold(
  args: readonly string[],
  { cwd, env = {}, stopAt }: { readonly cwd: string; readonly env?: Env; readonly stopAt?: string | RegExp },
): Promise<Outcome> {
  const before = Object.fromEntries(Object.keys(env).map((name) => [name, process.env[name]]));
  setAll(env);
  try {
    const { io, said, heard } = listening();
    // Before there is something to keep, a process would end here.
    if (stopAt !== undefined) void heard(stopAt).then(() => io.stop());
    const { code } = await main(args, io, workspaceAt(cwd));
    return { code, ...said };
  } finally {
    setAll(before);
  }
}

function setAll(env: Env): void {
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}

export interface Surroundings {
  readonly cwd: string;
  /** Over those of the test. */
  readonly env?: Env;
  /** The words in front of `node`: taskset, unshare, prlimit. */
  readonly behind?: readonly string[];
}

export const entry = join(packageRoot, 'src/nfold.js');

export interface Started {
  readonly child: ChildProcess;
  readonly outcome: Promise<Outcome & { readonly signal: NodeJS.Signals | null }>;
  /** Resolves as soon as stderr has said so; rejects if the process ends before. */
  said(text: string): Promise<void>;
}

/** A true start, for what only a process has: signals, pipes, its environment, its own Node. */
export function start(args: readonly string[], { cwd, env, behind = [] }: Surroundings): Started {
  const [command, ...rest] = [...behind, process.execPath, entry, ...args];
  const child = spawn(command, rest, { cwd, env: { ...process.env, NO_COLOR: '1', NODE_OPTIONS: '', ...env } });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const outcome = once(child, 'close').then(([code, signal]) => ({ code, signal, stdout, stderr }));
  const said = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => stderr.includes(text) && resolve();
      look();
      child.stderr.on('data', look);
      child.on('close', () => reject(new Error(`it never said '${text}', but: ${stderr}`)));
    });
  return { child, outcome, said };
}

export const nfoldProcess = (args: readonly string[], surroundings: Surroundings): Started['outcome'] =>
  start(args, surroundings).outcome;

/** `nfold` in a line of bash stands for the command. */
export function inBash(line: string, cwd: string) {
  const script = `set -o pipefail; nfold() { '${process.execPath}' '${entry}' "$@"; }; ${line}`;
  const env = { ...process.env, NO_COLOR: '1', NODE_OPTIONS: '' };
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script], { cwd, env, encoding: 'utf8' });
  return { code: status, stdout, stderr };
}
