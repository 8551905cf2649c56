/** The parent's end of the compiler: one child for all builds, which gets one request at a time and is killed when it takes too long. */
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { endGroup, startLocked } from '../cell/lockdown.ts';
import { CandidateError } from '../contract/errors.ts';

export type CompileRequest =
  | { readonly type: 'assemblyscript'; readonly entry: string; readonly files: Readonly<Record<string, string>> }
  | { readonly type: 'wat'; readonly text: string }
  | {
      readonly type: 'c';
      readonly commands: readonly (readonly string[])[];
      readonly files: Readonly<Record<string, string>>;
    };

export type CompileReply =
  | { readonly bytes: Uint8Array; readonly error?: undefined }
  | { readonly bytes?: undefined; readonly error: string };

const packages = ['assemblyscript', 'binaryen', 'long', 'wabt', '@yowasp/clang'];
const program = {
  main: fileURLToPath(new URL('./compiler.ts', import.meta.url)),
  reads: ['package.json', ...packages.map((name) => `node_modules/${name}`)],
  flags: [],
};
export const limitMs = 60_000;
let child: ChildProcess | null = null;
let queue: Promise<unknown> = Promise.resolve();

function start(): ChildProcess {
  const started = startLocked(program, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  started.unref();
  const forget = () => {
    if (child === started) child = null;
  };
  started.on('exit', forget).on('error', forget);
  started.channel?.unref();
  return started;
}

/** Ends the process; the next request starts another one. */
export function stopCompiler(): void {
  if (child) endGroup(child);
  child = null;
}

process.on('exit', stopCompiler);

/** The module's bytes. Throws CandidateError. */
export async function compile(request: CompileRequest): Promise<Uint8Array> {
  const { bytes, error } = await answerTo(request);
  if (bytes) return bytes;
  throw new CandidateError(`does not build: ${error.split('\n').slice(0, 2).join(' ').trim()}`);
}

/** The module's bytes, or all that the compiler says. Throws CandidateError if its process ends. */
export function answerTo(request: CompileRequest): Promise<CompileReply> {
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
    return await new Promise<CompileReply>((resolve, reject) => {
      const give = (message: string) => {
        stopCompiler();
        reject(new CandidateError(message));
      };
      timer = setTimeout(() => give(`does not finish building within ${limitMs / 1000} s`), limitMs);
      worker.once('message', resolve);
      ended = () => give('ended the process that builds it');
      worker.once('exit', ended);
      worker.send(request, (error) => error && ended());
    });
  } finally {
    clearTimeout(timer);
    worker.removeAllListeners('message').off('exit', ended);
    worker.channel?.unref();
  }
}
