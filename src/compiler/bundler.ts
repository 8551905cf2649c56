/**
 * The child process that bundles TypeScript. It gets texts, and asks for those that they import; esbuild, a program of its own that it
 * starts, reads no file. It runs none of what it reads.
 */
import child_process from 'node:child_process';
import { SourceMap } from 'node:module';
import type { BuildResult, Location, Message, Plugin, TransformFailure, TransformOptions } from 'esbuild';
import type { BundlerReply, BundlerRequest, Frame, Marking, Served, Spot, Want } from './bundle.ts';

/** Kilobytes. */
const memory = 2 ** 19;

/** Limits esbuild's memory, ends it with this process, and lets it print nothing. */
const guarded = `ulimit -d ${memory}; [ -x /usr/bin/setpriv ] && exec /usr/bin/setpriv --pdeathsig KILL "$@" 2>/dev/null; exec "$@" 2>/dev/null`;

const { spawn } = child_process;
const confined = (command: string, args: readonly string[], options: child_process.SpawnOptions) =>
  spawn('/bin/sh', ['-c', guarded, 'sh', command, ...args], options);
Object.assign(child_process, { spawn: process.platform === 'win32' ? spawn : confined });

const { build, transform } = await import('esbuild');

const scripting: TransformOptions = {
  format: 'iife',
  globalName: 'candidate',
  banner: "'use strict';",
  target: 'esnext',
  charset: 'utf8',
  supported: { 'dynamic-import': false },
  logLevel: 'silent',
};

/** A fault with its place in the sources. `refused`: they would build, but call import(). */
class Fault extends Error {
  readonly spot: Spot | null;
  readonly refused: boolean;
  constructor(text: string, spot: Spot | null, refused = false) {
    super(text);
    this.spot = spot;
    this.refused = refused;
  }
}

/** The module of a bundle as a script that leaves its exports in `candidate`, since a realm has no modules. */
async function asScript(code: string, map: string): Promise<string> {
  const made = await transform(code, scripting).catch(async (failure: Partial<TransformFailure>) => {
    const [first] = failure.errors ?? [];
    if (!first) throw failure;
    const { line = 0, column = 0 } = first.location ?? {};
    throw new Fault(first.text, await spotOf(code, map, [['bundle', line, column + 1]]));
  });
  const at = made.code.search(/__toESM\(require\(/);
  if (at < 0) return made.code;
  throw new Fault('calls import()', await spotOf(code, map, [['candidate', ...lineAndColumn(made.code, at)]]), true);
}

function lineAndColumn(text: string, index: number): [line: number, column: number] {
  const before = text.slice(0, index);
  return [before.split('\n').length, index - before.lastIndexOf('\n')];
}

/** The first place in the sources that these frames lead to: through the map of the script, `candidate`, or of the bundle. */
async function spotOf(code: string, map: string, frames: readonly Frame[], own?: readonly string[]) {
  if (frames.length === 0) return null;
  const inline = `\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString('base64')}`;
  const isScript = frames[0][0] === 'candidate';
  const mapped = isScript ? (await transform(code + inline, { ...scripting, sourcemap: 'external' })).map : map;
  const lines = new SourceMap(JSON.parse(mapped));
  for (const [, line, column] of frames) {
    const entry = lines.findEntry(line - 1, column - 1);
    if (!('originalSource' in entry)) continue;
    const { originalSource, originalLine, originalColumn } = entry;
    const file = originalSource && withoutSuffix(originalSource);
    if (file && (own?.includes(file) ?? true)) return { file, line: originalLine + 1, column: originalColumn + 1 };
  }
  return null;
}

/** Throws for a path that only a run tells: esbuild would search folders for what it could mean. */
async function refuseGlobs(file: string, text: string): Promise<void> {
  if (!/import|require|\\u/.test(text)) return;
  const options: TransformOptions = { ...scripting, format: undefined, globalName: undefined, banner: undefined };
  const asked = { ...options, loader: 'ts', sourcemap: 'external', sourcefile: file } as const;
  // What does not build is told by the bundle.
  const made = await transform(text, asked).catch(() => null);
  const at = made?.code.search(/\brequire\s*(?:\?\.\s*)?\((?!\s*"(?:[^"\\\n]|\\.)*"\s*\))/) ?? -1;
  if (!made || at < 0) return;
  const [line, column] = lineAndColumn(made.code, at);
  const entry = new SourceMap(JSON.parse(made.map)).findEntry(line - 1, column - 1);
  const spot = 'originalLine' in entry && { file, line: entry.originalLine + 1, column: entry.originalColumn + 1 };
  throw new Fault('calls import()', spot || null, true);
}

/** Asks the parent. */
function want(wanted: Want): Promise<Served> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    process.send?.({ want: wanted });
  });
}
const waiting: ((served: Served) => void)[] = [];

/** Finds and reads files for esbuild, which by itself would look for them on disk. */
const files = (): Plugin => ({
  name: 'files',
  setup({ onLoad, onResolve }) {
    const texts = new Map<string, string>();
    onResolve({ filter: /.*/ }, async ({ path, importer, kind }) => {
      const served = await want({ importer: kind === 'entry-point' ? null : importer, path });
      if ('error' in served) return { errors: [{ text: served.error }] };
      texts.set(served.file, served.text);
      return { path: served.file };
    });
    onLoad({ filter: /.*/ }, async ({ path }) => {
      const text = texts.get(path) ?? '';
      await refuseGlobs(path, text);
      // A source map of its own could lead to any file, and esbuild would read it.
      return { contents: text.replace(/([#@]\s*)sourceMappingURL=/g, '$1sourceMappingurl='), loader: 'default' };
    });
  },
});

/** A place without the suffix of a plugin, by which one file can be two modules. */
const withoutSuffix = (path: string) => path.replace(/\?\w+$/, '');

/** Wraps the functions that `file` imports from the baselines of ops. */
const markImports = ({ file, ops, symbol }: Marking): Plugin => ({
  name: 'marks',
  setup(building) {
    const suffix = '?marked';
    const opOf = (path: string) => path.split('/').at(-2) ?? '';
    building.onResolve({ filter: /\/baseline\.ts$/ }, async ({ path, importer, resolveDir, kind, pluginData }) => {
      if (importer !== file || pluginData === suffix) return null;
      const found = await building.resolve(path, { importer, resolveDir, kind, pluginData: suffix });
      return ops.includes(opOf(found.path)) ? { ...found, suffix } : found;
    });
    building.onLoad({ filter: /\/baseline\.ts$/ }, ({ path, suffix: asked }) => {
      if (asked !== suffix) return null;
      const op = opOf(path);
      const contents = `
          import { ${op} as call } from './baseline.ts';
          export function ${op}(...args) {
            const mark = globalThis[Symbol.for('${symbol}')];
            mark(${1 << ops.indexOf(op)});
            const result = call(...args);
            mark(0);
            return result;
          }`;
      return { contents, loader: 'js' };
    });
  },
});

async function bundle({ root, marking }: Extract<BundlerRequest, { type: 'bundle' }>): Promise<BundlerReply> {
  const result: BuildResult<{ write: false; metafile: true }> = await build({
    // A `*` in a path would be taken for a glob.
    entryPoints: ['candidate'],
    // The bundle names its files relative to it, and the hash must not depend on the folder that nfold was started in.
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    sourcemap: 'external',
    sourcesContent: false,
    outfile: `${root}/candidate.js`,
    format: 'esm',
    platform: 'neutral',
    target: 'esnext',
    charset: 'utf8',
    logLevel: 'silent',
    tsconfigRaw: {},
    plugins: [...(marking ? [markImports(marking)] : []), files()],
  });
  const [map, code] = result.outputFiles.map(({ text }) => text);
  const inputs = new Set(Object.keys(result.metafile.inputs).map(withoutSuffix));
  return { code, map, script: await asScript(code, map), inputs: [...inputs] };
}

/** esbuild counts columns from 0, in bytes. */
function placeOf({ file, line, column, lineText }: Location): Spot {
  const before = Buffer.from(lineText).subarray(0, column).toString();
  return { file: withoutSuffix(file), line, column: before.length + 1 };
}

function failureOf(failure: Error & { errors?: Message[] }): BundlerReply {
  const [first] = failure.errors ?? [];
  const fault = first?.detail ?? failure;
  if (fault instanceof Fault) return { error: fault.message, spot: fault.spot, refused: fault.refused };
  return { error: first?.text ?? failure.message, spot: first?.location ? placeOf(first.location) : null };
}

const noMap = JSON.stringify({ version: 3, sources: [], names: [], mappings: '' });

/** More than a bundle of sources can have, unless its constants were multiplied. */
const maxBytes = 2 ** 23;

async function answer(request: BundlerRequest): Promise<BundlerReply> {
  try {
    if (request.type === 'place') return { spot: await spotOf(request.code, request.map, request.frames, request.own) };
    const made = await (request.type === 'bundle' ? bundle(request) : asScript(request.code, noMap));
    const reply = typeof made === 'string' ? { code: '', map: '', script: made, inputs: [] } : made;
    const bytes = 'script' in reply ? reply.script.length + reply.code.length + reply.map.length : 0;
    return bytes > maxBytes
      ? { error: `it makes ${bytes} bytes of script: the limit is ${maxBytes}`, spot: null }
      : reply;
  } catch (error) {
    return failureOf(error as Error);
  }
}

process.on('message', async (message: BundlerRequest | { readonly served: Served }) => {
  if ('served' in message) return waiting.shift()?.(message.served);
  const reply = await answer(message);
  // Without esbuild, this process is of no use: the parent will start another.
  if ('error' in reply && /service (was stopped|is no longer running)|EPIPE/.test(reply.error)) process.exit(1);
  process.send?.(reply);
});
process.on('disconnect', () => process.exit(0));
