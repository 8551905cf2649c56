/** nfold as a user starts it: a process of its own, in a folder of the test's. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { packageRoot } from '../../src/files/places.ts';

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Surroundings {
  readonly cwd: string;
  /** Over those of the test; `undefined` takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The words in front of `node`: taskset, unshare, prlimit. */
  readonly behind?: readonly string[];
}

export const entry = join(packageRoot, 'src/nfold.js');

export interface Started {
  readonly child: ChildProcess;
  readonly outcome: Promise<Outcome>;
  /** Resolves as soon as stderr has said so; rejects if the process ends before. */
  said(text: string): Promise<void>;
}

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

export const nfold = (args: readonly string[], surroundings: Surroundings): Promise<Outcome> =>
  start(args, surroundings).outcome;
