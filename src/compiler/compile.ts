/** The parent's end of the compiler, a helper that reads sources and modules and compiles them. */
import { dirname, join } from 'node:path';
import { CandidateError, type Place } from '../contract/errors.ts';
import { placeAt } from '../contract/place.ts';
import { foldersOf } from '../files/packages.ts';
import { programFile } from '../files/places.ts';
import { Helper, helpful, stopHelpers } from './helper.ts';
import type { Anatomy } from './sections.ts';
import type { Head, Kind, TextFile } from './texts.ts';

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
  | { readonly type: 'read'; readonly kind: Kind; readonly text: string }
  | { readonly type: 'marks'; readonly files: Readonly<Record<string, string>>; readonly ops: readonly string[] }
  | {
      readonly type: 'find';
      readonly texts: readonly TextFile[];
      readonly patterns: readonly RegExp[];
      readonly comments: boolean;
    }
  | { readonly type: 'module'; readonly bytes: Uint8Array }
  | { readonly type: 'disassemble'; readonly bytes: Uint8Array; readonly readable?: boolean };

type MarksReply = { readonly files: Record<string, string> | null; readonly error?: string };

/** A place names a file as the request does; WebAssembly text is `module.wat`. */
export type CompilerReply =
  | ((Compiled | Disassembly) & { readonly error?: undefined })
  | { readonly error: string; readonly place?: Place };

export const limitMs = 60_000;
/** For what takes milliseconds. */
const readMs = 10_000;

const compiler = new Helper<CompilerRequest, CompilerReply>(() => {
  const main = programFile('src/compiler/compiler');
  const script = foldersOf('assemblyscript', main);
  const below = ['binaryen', 'long'].flatMap((name) => foldersOf(name, join(script.at(-1) ?? main, 'package.json')));
  const others = ['wabt', '@yowasp/clang'].flatMap((name) => foldersOf(name, main));
  return { main, reads: ['package.json', dirname(main), ...script, ...below, ...others], flags: [] };
});

/** Ends the process; the next request starts another one. */
export const stopCompiler = stopHelpers;

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
export const answerTo = (request: CompilerRequest): Promise<CompilerReply> => compiler.ask(request, limitMs);

/** What a source says of itself. */
export const read = (kind: Kind, text: string): Promise<Head> =>
  compiler.ask({ type: 'read', kind, text }, readMs) as Promise<never>;

/** The texts with marks turned into calls; null if there is none. */
export async function withMarks(files: Readonly<Record<string, string>>, ops: readonly string[]) {
  const { files: marked, error } = (await compiler.ask({ type: 'marks', files, ops }, readMs)) as MarksReply;
  if (error) throw new CandidateError(error);
  return marked;
}

/** The first place of these patterns, each looked for in all texts. Null if that fails: a place is only a help. */
export async function find(
  texts: readonly TextFile[],
  patterns: readonly RegExp[],
  comments = false,
): Promise<Place | null> {
  const request = { type: 'find', texts, patterns, comments } as const;
  const found = await helpful(() => compiler.ask(request, readMs) as Promise<{ text?: number; index?: number }>);
  if (found?.text === undefined || found.index === undefined) return null;
  const { file, text } = texts[found.text];
  return placeAt(file, text, found.index);
}

/** What a module is made of. Throws CandidateError if it is none. */
export async function anatomy(bytes: Uint8Array): Promise<Anatomy> {
  const reply = (await compiler.ask({ type: 'module', bytes }, readMs)) as Anatomy & { error?: string };
  if (reply.error) throw new CandidateError(`is not a valid WebAssembly module: ${reply.error}`);
  return reply;
}
