/** The parent's end of the compiler: one child for all builds, which gets one request at a time and is killed when it takes too long. */
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { endGroup, type Program, startLocked } from '../cell/lockdown.ts';
import { CandidateError, type Place } from '../contract/errors.ts';
import { foldersOf } from '../files/packages.ts';
import { programFile } from '../files/places.ts';

export type CompileRequest = (
  | {
      readonly type: 'assemblyscript';
      readonly entry: string;
      readonly files: Readonly<Record<string, string>>;
      /** Compiles statement by statement and keeps names, for a text that people read. */
      readonly readable?: boolean;
    }
  | { readonly type: 'wat'; readonly text: string }
  /** A module that clang and its linker make. */
  | {
      readonly type: 'c';
      readonly commands: readonly (readonly string[])[];
      readonly files: Readonly<Record<string, string>>;
    }
) & {
  /** Whether to say where in the source each instruction comes from. */
  readonly mapped?: boolean;
};

/** `map`: AssemblyScript's source map; for text, the list of all that wabt wrote. */
export interface Compiled {
  readonly bytes: Uint8Array;
  readonly map?: string;
}

/** A module as text: one instruction a line, or if it is to be readable, folded and with names. */
export interface Disassembly {
  readonly text: string;
  /** For each function, the places of its `loop` and `end` instructions in order, in bytes from the start of its body. */
  readonly offsets: readonly (readonly number[])[];
}

export type CompilerRequest =
  | CompileRequest
  | { readonly type: 'disassemble'; readonly bytes: Uint8Array; readonly readable?: boolean };

/** A place names a file as the request does; WebAssembly text is `module.wat`. */
export type CompilerReply =
  | ((Compiled | Disassembly) & { readonly error?: undefined })
  | { readonly error: string; readonly place?: Place };

export const limitMs = 60_000;
let child: ChildProcess | null = null;
let queue: Promise<unknown> = Promise.resolve();

function program(): Program {
  const main = programFile('src/compiler/compiler');
  const script = foldersOf('assemblyscript', main);
  const below = ['binaryen', 'long'].flatMap((name) => foldersOf(name, join(script.at(-1) ?? main, 'package.json')));
  const own = ['package.json', programFile('src/compiler/options')];
  const others = ['wabt', '@yowasp/clang'].flatMap((name) => foldersOf(name, main));
  return { main, reads: [...own, ...script, ...below, ...others], flags: [] };
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

/** The module's bytes. Throws CandidateError; its place names a file as `shownAs` does, or else as the request does. */
export async function compile(request: CompileRequest, shownAs = (name: string) => name): Promise<Uint8Array> {
  try {
    return (await compiled(request)).bytes;
  } catch (error) {
    if (!(error instanceof CandidateError) || !error.place) throw error;
    const place = { ...error.place, file: shownAs(error.place.file) };
    throw new CandidateError(error.message, error.status, { ...error, place });
  }
}

/** The same, with the map if one is asked for. */
export const compiled = (request: CompileRequest): Promise<Compiled> => made(request, 'does not build');

/** Throws CandidateError for what its tool cannot read. */
export const disassemble = (bytes: Uint8Array, readable?: boolean): Promise<Disassembly> =>
  made({ type: 'disassemble', bytes, readable }, 'cannot be shown as text');

async function made<Made extends Compiled | Disassembly>(request: CompilerRequest, otherwise: string): Promise<Made> {
  const reply = await answerTo(request);
  if (reply.error !== undefined) throw new CandidateError(`${otherwise}: ${reply.error}`, 'error', reply);
  return reply as Made;
}

/** The reply as it is: what was made, or all that the compiler says. Throws CandidateError if its process ends. */
export function answerTo(request: CompilerRequest): Promise<CompilerReply> {
  const reply = queue.then(() => ask(request));
  queue = reply.catch(() => {});
  return reply;
}

async function ask(request: CompilerRequest): Promise<CompilerReply> {
  child ??= start();
  const worker = child;
  worker.channel?.ref();
  let timer: NodeJS.Timeout | undefined;
  let ended = () => {};
  try {
    return await new Promise<CompilerReply>((resolve, reject) => {
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
