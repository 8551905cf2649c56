/** The parent's end of the compiler: one child for all builds, which gets one request at a time and is killed when it takes too long. */
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { endGroup, type Program, startLocked } from '../cell/lockdown.ts';
import { CandidateError } from '../contract/errors.ts';
import { foldersOf } from '../files/packages.ts';
import { programFile } from '../files/places.ts';

export type CompileRequest =
  | { readonly type: 'assemblyscript'; readonly entry: string; readonly files: Readonly<Record<string, string>> }
  | { readonly type: 'wat'; readonly text: string };

export type CompileReply =
  | { readonly bytes: Uint8Array; readonly error?: undefined }
  | { readonly bytes?: undefined; readonly error: string };

const limitMs = 60_000;
let child: ChildProcess | null = null;
let queue: Promise<unknown> = Promise.resolve();

function program(): Program {
  const main = programFile('src/compiler/compiler');
  const script = foldersOf('assemblyscript', main);
  const below = ['binaryen', 'long'].flatMap((name) => foldersOf(name, join(script.at(-1) ?? main, 'package.json')));
  const own = ['package.json', programFile('src/compiler/options')];
  return { main, reads: [...own, ...script, ...below, ...foldersOf('wabt', main)], flags: [] };
}

function start(): ChildProcess {
  const started = startLocked(program(), { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
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
export function compile(request: CompileRequest): Promise<Uint8Array> {
  const bytes = queue.then(() => ask(request));
  queue = bytes.catch(() => {});
  return bytes;
}

async function ask(request: CompileRequest): Promise<Uint8Array> {
  child ??= start();
  const worker = child;
  worker.channel?.ref();
  let timer: NodeJS.Timeout | undefined;
  let ended = () => {};
  try {
    const reply = await new Promise<CompileReply>((resolve, reject) => {
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
    if (!reply.bytes) throw new CandidateError(`does not build: ${reply.error}`);
    return reply.bytes;
  } finally {
    clearTimeout(timer);
    worker.removeAllListeners('message').off('exit', ended);
    worker.channel?.unref();
  }
}
