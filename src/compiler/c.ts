/** C to WebAssembly, and the first error of clang or its linker as a sentence with its place and what helps. */
import { join, normalize } from 'node:path';
import { CandidateError, type Place } from '../contract/errors.ts';
import { counted } from '../contract/words.ts';
import { shown } from '../files/places.ts';
import type { Compiler, Files } from './clang.ts';

/** A C file and what it includes, by path from the folder `root`. */
interface Program {
  readonly root: string;
  readonly entry: string;
  readonly files: Files;
}

export const whatToInstall =
  'install @yowasp/clang (npm install --save-dev @yowasp/clang), or clang 19 or later with its linker lld (apt install clang lld)';

/** The module's bytes. Throws CandidateError. */
export async function compileC(compiler: Compiler | null, program: Program): Promise<Uint8Array> {
  if (!compiler) throw new CandidateError(`needs a C compiler: ${whatToInstall}`, 'unsupported');
  const built = await compiler.build(program.entry, program.files);
  if (built.error !== undefined) throw faultIn(built.error, program);
  const { bytes } = built;
  if (!Buffer.from(bytes).includes('__tls_base')) return bytes;
  const words = '_Thread_local|__thread|thread_local';
  throw fault('a variable of each thread is not possible here', placeOf(program, words));
}

/** What helps against an error. */
const hints: readonly (readonly [RegExp, string])[] = [
  [
    /'[^'/]+' file not found|undeclared (library )?function|nothing defines/,
    'There is no C library: see docs/kernels.md.',
  ],
  [/file not found/, 'Include files of kernels/common by their names, or headers of the compiler.'],
  [/stack frame|variable length|alloca|static data/, 'Take memory from scratchBytes instead.'],
  [/variable of each thread/, 'Give each thread a part of scratch, by its tid.'],
  [/inline assembly/, 'Use the builtins of clang instead.'],
];

function fault(what: string, place: Place | null, others = 0): CandidateError {
  const [, hint = null] = hints.find(([pattern]) => pattern.test(what)) ?? [];
  const more = others > 0 ? ` (and ${counted(others, 'more error')})` : '';
  return new CandidateError(`does not build: ${what}${more}`, 'error', { place, hint });
}

/** The first error in what clang and its linker print, and how many others there are. */
function faultIn(log: string, program: Program): CandidateError {
  const errors = [...log.matchAll(/^(.+?):(\d+):(\d+): (?:fatal )?error: (.*?)(?: \[-W\S+\])?\r?$/gm)];
  if (errors.length > 0) {
    const [[, file, line, byte, what]] = errors;
    return fault(what, placeAt(program, normalize(file), Number(line), Number(byte)), errors.length - 1);
  }
  // Those of the linker, and of clang as a program.
  const all = [...log.matchAll(/^(?:\S+: )?(?:fatal |LLVM )?error: (?:out\.o: )?(.*)$/gim)].map(([, text]) => text);
  const [first = 'the compiler breaks down', ...others] = new Set(all.filter((text) => !/command/.test(text)));
  const [, symbol] = /^undefined symbol: (.*)/.exec(first) ?? [];
  const [, bytes] = /initial memory too small, (\d+) bytes/.exec(first) ?? [];
  if (bytes) return fault(`${bytes} bytes of static data are more than the limit, 65536`, null);
  if (!symbol) return fault(first, null, others.length);
  return fault(
    `calls ${symbol}, which nothing defines`,
    placeOf(program, `(__builtin_)?${symbol}(?=\\s*\\()`),
    others.length,
  );
}

/** A place as clang tells it: a column is a byte. Null for a file that is none of the program's. */
function placeAt(program: Program, file: string, line: number, byte: number): Place | null {
  const before = program.files[file]?.split('\n').slice(0, line) ?? [];
  const last = before.pop();
  if (last === undefined) return null;
  return endOf(program, file, [...before, Buffer.from(last).toString('utf8', 0, byte - 1)]);
}

/** The last place outside of comments and texts where a word stands, since a call comes after its declaration. */
function placeOf(program: Program, word: string): Place | null {
  for (const [file, text] of Object.entries(program.files)) {
    const blank = (skipped: string) => skipped.replace(/[^\n]/g, ' ');
    const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*|"(?:\\.|[^"\\\n])*"/g, blank);
    const found = [...code.matchAll(new RegExp(`\\b(?:${word})`, 'g'))].at(-1);
    if (found) return endOf(program, file, code.slice(0, found.index).split('\n'));
  }
  return null;
}

/** Behind the last of these lines. */
function endOf({ root }: Program, file: string, lines: readonly string[]): Place {
  return { file: shown(join(root, file)), line: lines.length, column: lines[lines.length - 1].length + 1 };
}
