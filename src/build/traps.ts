/**
 * Where in its source a module trapped. V8 names the function and the byte. From there, AssemblyScript's source map leads on, which a second
 * compilation makes, or wabt's list of the bytes that it writes: the n-th `i32.load` of a function is the n-th in its text as well, where a
 * folded instruction counts when its parenthesis closes.
 */
import { SourceMap } from 'node:module';
import { anatomy, type CompileRequest, compiled } from '../compiler/compile.ts';
import type { TextFile } from '../compiler/texts.ts';
import type { Place } from '../contract/errors.ts';
import { placeAt } from '../contract/place.ts';
import type { Thrown, Whereabouts } from '../contract/thrown.ts';
import { exportPatterns } from './module.ts';
import { findIn } from './where.ts';

/** A byte in the body of a function; `start` is the first of the body. */
interface Spot {
  /** Counts the functions that the module defines. */
  readonly index: number;
  readonly start: number;
  readonly at: number;
}

/** Those of a stack, innermost first. */
async function spotsOf({ trace }: Thrown, bytes: Uint8Array): Promise<Spot[]> {
  const { imports, bodies } = await anatomy(bytes);
  const imported = imports.filter(({ kind }) => kind === 'function').length;
  return [...trace.matchAll(/wasm-function\[(\d{1,6})\]:0x([0-9a-f]{1,8})/g)].flatMap(([, name, at]) => {
    const index = Number(name) - imported;
    return index in bodies ? [{ index, start: bodies[index], at: Number.parseInt(at, 16) }] : [];
  });
}

/** For a module of which no text is known. */
export async function inBytes(thrown: Thrown, bytes: Uint8Array): Promise<string | null> {
  const [spot] = await spotsOf(thrown, bytes);
  return spot ? `in function ${spot.index}, at byte ${spot.at} of the module` : null;
}

/** The function that a module is called by: the place of an error that came before any of its code ran. */
export function exported({ message }: Thrown, texts: readonly TextFile[]): Promise<Place | null> {
  return findIn(texts)(...exportPatterns(message.includes('scratchBytes') ? 'scratchBytes' : 'run'));
}

/** `shownAs`: the name that the user knows a file of the request by. */
export async function inAssemblyScript(
  thrown: Thrown,
  bytes: Uint8Array,
  request: CompileRequest & { readonly type: 'assemblyscript' },
  shownAs: (name: string) => string,
): Promise<Whereabouts> {
  const { bytes: again, map = '{}' } = await compiled({ ...request, mapped: true });
  const isSame = Buffer.compare(again.subarray(0, bytes.length), bytes) === 0;
  const lines = new SourceMap(JSON.parse(map));
  for (const { start, at } of isSame ? await spotsOf(thrown, bytes) : []) {
    // What the compiler has folded together has no line, and what lies before it has.
    for (let byte = at; byte >= start; ) {
      const entry = lines.findEntry(0, byte);
      if (!('originalSource' in entry)) break;
      const { originalSource: file, originalLine, originalColumn, generatedColumn } = entry;
      if (file in request.files) {
        return { place: { file: shownAs(file), line: originalLine + 1, column: originalColumn + 1 } };
      }
      byte = generatedColumn - 1;
    }
  }
  return { place: null, words: await inBytes(thrown, bytes) };
}

/** In WebAssembly text. `words` name the instruction. */
export async function inText(thrown: Thrown, bytes: Uint8Array, { file, text }: TextFile): Promise<Whereabouts> {
  const functions = functionsOf(text);
  const { map = '' } = await compiled({ type: 'wat', text, mapped: true });
  const [spot] = (await spotsOf(thrown, bytes)).filter(({ index }) => index in functions);
  if (!spot) return { place: null };
  const { open, words } = functions[spot.index];
  const written = writtenIn(map, spot.index);
  const here = written.find(({ at }) => at === spot.at - spot.start);
  const [inSource, inModule] = [words, written].map((all) => all.filter(({ name }) => name === here?.name));
  // Before its first instruction, a function has no room on the stack.
  if (!here || inSource.length !== inModule.length) return { place: placeAt(file, text, open) };
  return {
    place: placeAt(file, text, inSource[inModule.indexOf(here)].at),
    words: thrown.message.includes(here.name) ? null : `in ${here.name}`,
  };
}

interface Word {
  readonly name: string;
  /** Where it stands: in the text, or in bytes from the start of the function's body. */
  readonly at: number;
}

/** The instructions of a function and their arguments, as wabt lists what it writes. */
function writtenIn(list: string, index: number): Word[] {
  const [, body = ''] = list.split(new RegExp(`^; function body ${index}\n`, 'm'));
  const [head, ...lines] = [...body.split(/^; /m)[0].matchAll(/^([0-9a-f]{7,}): .*; (.*)$/gm)];
  const start = Number.parseInt(head?.[1] ?? '', 16) + 1;
  const words = lines.map(([, at, name]) => ({ name, at: Number.parseInt(at, 16) - start }));
  // An instruction of two bytes begins at a prefix, and has its name at the second.
  const isPrefix = (word?: Word) => word?.name === 'prefix';
  return words.flatMap((word, i) => {
    if (isPrefix(word)) return [];
    return isPrefix(words[i - 1]) ? { ...word, at: words[i - 1].at } : word;
  });
}

const token = /;;.*|\(;[\s\S]*?(?:;\)|$)|"(?:\\.|[^"\\])*(?:"|$)|[()]|[^\s()";]+/g;

/** The functions that a module's text defines, and the words of each in the order in which instructions are written. */
function functionsOf(text: string): { readonly open: number; readonly words: Word[] }[] {
  const functions: { open: number; words: Word[] }[] = [];
  const heads: Word[] = [];
  let opened = -1;
  for (const { 0: name, index: at } of text.matchAll(token)) {
    if (/^(;;|\(;|")/.test(name)) continue;
    if (name === '(') opened = at;
    else if (opened >= 0) {
      if (name === 'func' && heads.every((head) => head.name === 'module')) functions.push({ open: opened, words: [] });
      heads.push({ name, at: opened });
      opened = -1;
    } else {
      const word = name === ')' ? heads.pop() : { name, at };
      if (word) functions.at(-1)?.words.push(word);
    }
  }
  return functions;
}
