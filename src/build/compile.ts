/** The parent's end of the compiler: one child for all builds, one request at a time, killed when it takes too long. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../catalog/places.ts';
import type { CacheBytes, Parameters } from '../contract/candidate.ts';
import { BuildError } from './sources.ts';

export type CompileRequest =
  | { readonly type: 'assemblyscript'; readonly entry: string; readonly files: Readonly<Record<string, string>> }
  | { readonly type: 'wat'; readonly text: string }
  | { readonly type: 'describe'; readonly code: string }
  | { readonly type: 'parameters'; readonly code: string; readonly dims: Dims; readonly caches: CacheBytes }
  | { readonly type: 'generate'; readonly code: string; readonly dims: Dims; readonly parameters: Parameters };

type Dims = Readonly<Record<string, number>>;

export interface CompileReply {
  readonly ok: boolean;
  readonly bytes?: Uint8Array;
  readonly description?: Readonly<Record<string, unknown>>;
  readonly parameters?: unknown;
  readonly error?: string;
}

const limitMs = 60_000;
let child: ChildProcess | null = null;
let queue: Promise<unknown> = Promise.resolve();

function start(): ChildProcess {
  const started = fork(fileURLToPath(new URL('./compiler.ts', import.meta.url)), [], {
    // Reads what the compilers are made of; writes nothing, and has no network.
    execArgv: ['--permission', `--allow-fs-read=${packageRoot}`],
    env: {},
    serialization: 'advanced',
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  started.unref();
  const forget = () => {
    if (child === started) child = null;
  };
  started.on('exit', forget).on('error', forget);
  started.channel?.unref();
  return started;
}

export function stopCompiler(): void {
  child?.kill('SIGKILL');
  child = null;
}

export function compile(request: CompileRequest): Promise<CompileReply> {
  const reply = queue.then(() => ask(request));
  queue = reply.catch(() => {});
  return reply;
}

async function ask(request: CompileRequest): Promise<CompileReply> {
  child ??= start();
  const worker = child;
  worker.channel?.ref();
  let timer: NodeJS.Timeout | undefined;
  let ended = () => {};
  try {
    const reply = await new Promise<CompileReply>((resolve, reject) => {
      const stop = (message: string) => {
        stopCompiler();
        reject(new BuildError(message));
      };
      timer = setTimeout(() => stop(`does not finish building within ${limitMs / 1000} s`), limitMs);
      worker.once('message', resolve);
      ended = () => stop('ended the process that builds it');
      worker.once('exit', ended);
      worker.send(request, (error) => error && ended());
    });
    if (!reply.ok) throw new BuildError(`does not build: ${reply.error}`);
    return reply;
  } finally {
    clearTimeout(timer);
    worker.removeAllListeners('message').off('exit', ended);
    worker.channel?.unref();
  }
}
