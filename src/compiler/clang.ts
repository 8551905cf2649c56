/**
 * The compilers of C: @yowasp/clang, which is WebAssembly and the same on every machine, and a clang of the system. Either sees the sources
 * and its own headers and no other file: an overlay file system hides the rest from every #include and #embed. That of the system runs
 * in a private folder, behind the system's namespaces and limits.
 */
import { once } from 'node:events';
import { readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { spending } from '../cell/budget.ts';
import { privateFolder } from '../cell/folder.ts';
import { endGroup, startTool } from '../cell/lockdown.ts';
import { attempt } from '../contract/attempt.ts';
import { CandidateError } from '../contract/errors.ts';
import { contentOf } from '../files/given.ts';
import { writeNew } from '../files/write.ts';
import { answerTo, limitMs } from './compile.ts';

/** The module, or all that clang and its linker say. */
type Reply = { readonly bytes: Uint8Array; readonly error?: undefined } | { readonly error: string };

/** Texts by path. */
export type Files = Readonly<Record<string, string>>;

export interface Compiler {
  /** With its version. */
  readonly name: string;
  /** Throws CandidateError if they take too long. */
  build(entry: string, files: Files): Promise<Reply>;
}

const overlayFile = '.overlay';
/** Bytes of a function's variables on the stack; src/cell/kernel.ts watches as many below it. */
const maxFrame = 32768;

const clang = [
  ['clang', '--target=wasm32', '-c', '-std=gnu17', '-O3', '-ffreestanding', '-fno-math-errno', '-nostdlibinc'],
  ['-msimd128', '-mrelaxed-simd', '-matomics', '-mbulk-memory', '-mmutable-globals', '-mnontrapping-fptoint'],
  // Operations in the order of the source, whose author has counted registers, and offsets in addresses instead of sums.
  ['-mllvm', '-pre-RA-sched=source', '-mllvm', '-disable-lsr'],
  ['-fno-gnu-inline-asm', '-fno-crash-diagnostics', '-fno-caret-diagnostics', '-ivfsoverlay', overlayFile],
  ['-Werror=vla', '-Werror=alloca', `-Wframe-larger-than=${maxFrame}`, '-Werror=frame-larger-than'],
].flat();

/**
 * Not `--shared-memory`, with which a start function would write the tables: `declareShared` (src/build/module.ts) stands for it. The stack
 * laid out here stays empty, since a cell gives one to each thread. `__tls_base` is there if a variable needs it.
 */
const linker = [
  ['wasm-ld', '--no-entry', '--import-memory', '--initial-memory=65536', '--max-memory=4294967296', '--stack-first'],
  ['-z', 'stack-size=1024', '--export=__stack_pointer', '--export-if-defined=run', '--export-if-defined=scratchBytes'],
  ['--export-if-defined=__tls_base'],
].flat();

/** Part of every hash. */
export const cOptions: readonly string[] = [...clang, ...linker];

/** The commands in turn. The driver's own way to link would let an optimizer change the module, if one is on the PATH. */
const commandsFor = (entry: string): string[][] => [
  [...clang, entry, '-o', 'out.o'],
  [...linker, 'out.o', '-o', 'out.wasm'],
];

/** The files that a compiler sees: those in these folders. */
const overlay = (folders: readonly string[]) => ({
  [overlayFile]: JSON.stringify({
    version: 0,
    'redirecting-with': 'redirect-only',
    'use-external-names': false,
    roots: folders.map((path) => ({ type: 'directory-remap', name: path, 'external-contents': path })),
  }),
});

let found: Promise<Compiler | null> | undefined;

/** @yowasp/clang if it is installed, or else the first clang of the system that works, or null. Looked for once. */
export function cCompiler(): Promise<Compiler | null> {
  found ??= Promise.resolve(attempt(packagedClang) ?? systemClang());
  return found;
}

/** Throws if it is not installed. */
function packagedClang(): Compiler {
  const main = createRequire(import.meta.url).resolve('@yowasp/clang');
  const { version } = JSON.parse(readFileSync(join(dirname(main), '../package.json'), 'utf8'));
  const build: Compiler['build'] = (entry, files) => {
    const folders = new Set(Object.keys(files).map((path) => `/${path.split('/')[0]}`));
    const all = { ...files, ...overlay([...folders, '/usr/include']) };
    return answerTo({ type: 'c', commands: commandsFor(entry), files: all }) as Promise<Reply>;
  };
  return { name: `@yowasp/clang ${version}`, build };
}

/** What older clangs and those without a linker for WebAssembly do not build. */
const probe = `#include <wasm_simd128.h>
void run(v128_t *x) { *x = wasm_f32x4_relaxed_madd(*x, *x, *x); }`;

/** Of those on the PATH, what is called `clang` comes first, and then what is called after its version, the newest first. */
export async function systemClang(): Promise<Compiler | null> {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(isAbsolute);
  const commands = folders.flatMap((folder) => {
    const names = attempt(() => readdirSync(folder), []).filter((name) => /^clang(-\d+)?$/.test(name));
    return names.map((name) => ({ command: join(folder, name), version: Number(name.slice(6) || Infinity) }));
  });
  for (const { command } of commands.sort((a, b) => b.version - a.version)) {
    const { log } = await run([command, '--target=wasm32', '-###', '-nostdlib', '-x', 'c', '-'], '/');
    const [, resources] = /"-resource-dir" "([^"]+)"/.exec(log) ?? [];
    const [, linker] = /^ "([^"]*wasm-ld[^"]*)"/m.exec(log) ?? [];
    if (!resources || !linker) continue;
    const name = [log, (await run([linker, '--version'], '/')).log].map((text) => text.split('\n')[0]).join(', ');
    const paths = { command, linker, headers: join(resources, 'include') };
    const build: Compiler['build'] = (entry, files) => buildBy(paths, entry, files);
    const { error } = await build('probe/probe.c', { 'probe/probe.c': probe });
    if (error === undefined) return { name, build };
  }
  return null;
}

type Paths = Readonly<Record<'command' | 'linker' | 'headers', string>>;

async function buildBy({ command, linker, headers }: Paths, entry: string, files: Files): Promise<Reply> {
  const folder = realpathSync(privateFolder());
  try {
    for (const [path, text] of Object.entries({ ...files, ...overlay([folder, headers]) })) {
      writeNew(join(folder, path), text);
    }
    for (const [tool, ...args] of commandsFor(entry)) {
      const { code, log } = await run([tool === 'clang' ? command : linker, ...args], folder);
      if (code !== 0) return { error: log };
    }
    const bytes = contentOf(join(folder, 'out.wasm'), maxModule);
    return typeof bytes === 'string' ? { error: `error: the module ${bytes}` } : { bytes };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a command to its end. `log` is what it prints; the code is null if it was killed or did not start. */
export const run = (command: readonly string[], cwd: string): Promise<Ran> =>
  spending(limitMs, (ms) => runWithin(ms, command, cwd));

type Ran = { readonly code: number | null; readonly log: string };

async function runWithin(ms: number, command: readonly string[], cwd: string): Promise<Ran> {
  // The compiler looks for its linker on the PATH.
  const env = { PATH: process.env.PATH, TMPDIR: cwd };
  const child = startTool(command, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  const keep = (text: string) => {
    if (log.length < maxLog) log += text;
  };
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', keep);
  const timer = setTimeout(() => endGroup(child), ms);
  const began = performance.now();
  const [code] = await once(child, 'close').catch(() => [null]);
  clearTimeout(timer);
  if (performance.now() - began < ms) return { code, log };
  throw new CandidateError(`does not finish building within ${Math.ceil(ms / 1000)} s`);
}

/** Bytes: more than a candidate's module may have. */
const maxModule = 2 ** 24;
/** Characters: more than a compiler prints before it gives up. */
const maxLog = 2 ** 18;
