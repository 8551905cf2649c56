/** Reads what a candidate is made of: its own file and what it imports from kernels/common. */
import { createHash } from 'node:crypto';
import { SourceMap } from 'node:module';
import { dirname, relative, resolve, sep } from 'node:path';
import { build, type Location, type Message, type Plugin, type TransformOptions, transform } from 'esbuild';
import { CandidateError, type Place } from '../contract/errors.ts';
import { placeAt } from '../contract/place.ts';
import { Thrown } from '../contract/thrown.ts';
import { absent, contentOf, look } from '../files/given.ts';
import { shown } from '../files/places.ts';

/** 16 hex digits of a SHA-256 over the parts and their lengths. */
export function hashOf(...parts: (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex').slice(0, 16);
}

/** Refuses an import from outside the folder `allowed`. */
function checkImport(file: string, imported: string, allowed: string): void {
  if (imported === file || `${dirname(imported)}${sep}`.startsWith(allowed + sep)) return;
  throw new CandidateError(
    `${shown(file)} imports ${shown(imported)}: a candidate may import from ${shown(allowed)} and nowhere else (types aside)`,
  );
}

/** A larger source could be nested so deep that it ends the bundler's process, and with it all builds. */
const maxBytes = 2 ** 17;

const entry = 'candidate';

/**
 * Finds and reads files for the bundler. By itself it would wait at a pipe for ever, take a `*` in the entry's path for a glob, and
 * accept bytes that are no text. A link counts as a file of the folder that it lies in.
 */
const guard = (file: string, allowed: string): Plugin => ({
  name: 'guard',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /.*/ }, ({ kind, path, resolveDir }) => {
      if (kind === 'entry-point') return { path: file };
      if (!/^[./]/.test(path)) return null;
      const there = [path, `${path}.ts`].map((name) => resolve(resolveDir, name)).find((name) => look(name) !== absent);
      return there ? { path: there } : { errors: [{ text: `Could not resolve "${path}"` }] };
    });
    onLoad({ filter: /.*/ }, ({ path }) => {
      checkImport(file, path, allowed);
      return { contents: readSource(path, file), loader: 'default' };
    });
  },
});

const commonOf = (file: string) => resolve(dirname(file), '../common');

/** A file that a candidate was built from. The path is relative to the folder that holds kernels/ or baselines/. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

/** A TypeScript file and its imports as one JavaScript module without types. */
export interface Bundle {
  readonly code: string;
  /** Source map of the code. Its paths start at `root`. */
  readonly map: string;
  readonly root: string;
  /** The file first. */
  readonly sources: readonly Source[];
}

/** Bundles a candidate's file; it runs none of it. */
export async function bundle(file: string, allowed = commonOf(file), plugins: Plugin[] = []): Promise<Bundle> {
  const root = resolve(dirname(file), '../..');
  const result = await build({
    entryPoints: [entry],
    // The bundle names its files relative to it, and the hash must not depend on the folder that nfold was started in.
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    sourcemap: 'external',
    sourcesContent: false,
    outfile: resolve(root, 'candidate.js'),
    format: 'esm',
    platform: 'neutral',
    target: 'esnext',
    charset: 'utf8',
    logLevel: 'silent',
    tsconfigRaw: {},
    plugins: [...plugins, guard(file, allowed)],
  }).catch((failure: { errors?: Message[] }) => {
    const [first] = failure.errors ?? [];
    if (first?.detail instanceof CandidateError) throw first.detail;
    const place = first?.location && placeOf(first.location, root);
    throw new CandidateError(`${shown(file)} does not build: ${first?.text ?? failure}`, 'error', { place });
  });
  // With a plugin's `?suffix`, one file can be two modules.
  const inputs = [
    ...new Set(Object.keys(result.metafile.inputs).map((input) => resolve(root, input.replace(/\?\w+$/, '')))),
  ];
  const files = [file, ...inputs.filter((input) => input !== file).sort()];
  const [map, code] = result.outputFiles.map(({ text }) => text);
  return { code, map, root, sources: files.map((path) => sourceOf(path, file)) };
}

/** esbuild counts columns from 0, in bytes. */
function placeOf({ file, line, column, lineText }: Location, root: string): Place {
  const before = Buffer.from(lineText).subarray(0, column).toString();
  return { file: shown(resolve(root, file.replace(/\?\w+$/, ''))), line, column: before.length + 1 };
}

const script: TransformOptions = {
  format: 'iife',
  globalName: 'candidate',
  banner: "'use strict';",
  target: 'esnext',
  charset: 'utf8',
  supported: { 'dynamic-import': false },
  logLevel: 'silent',
};

/** The module of `bundle` as a script that leaves its exports in `candidate`, since a realm has no modules. */
export async function asScript(code: string): Promise<string> {
  const made = await transform(code, script).catch((failure: { errors?: Message[] }) => {
    const [first] = failure.errors ?? [];
    const { line = 0, column = 0 } = first?.location ?? {};
    throw new Thrown(`does not build: ${first?.text ?? failure}`, `bundle.js:${line}:${column + 1}`);
  });
  const at = made.code.search(/__toESM\(require\(/);
  if (at < 0) return made.code;
  const { line, column } = placeAt('', made.code, at);
  const hint = 'use import statements at the head of the file, from kernels/common';
  throw new Thrown('calls import()', `candidate.js:${line}:${column}`, { hint });
}

/** The first place in the sources that the stack of an error leads to: through the map of the script, candidate.js, or of the bundle. */
export async function placeInBundle({ code, map, root }: Bundle, { trace }: Thrown): Promise<Place | null> {
  // Of a syntax error, V8 shows the line, and marks the column below it.
  const [, marked, margin] = /^candidate\.js:(\d{1,7})\n.*\n([ \t]*)\^/.exec(trace) ?? [];
  const frames = [...trace.matchAll(/\b(candidate|bundle)\.js:(\d{1,7}):(\d{1,7})/g)];
  if (marked) frames.unshift(['', 'candidate', marked, `${margin.length + 1}`] as unknown as RegExpExecArray);
  if (frames.length === 0) return null;
  const inline = `\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString('base64')}`;
  const isScript = frames[0][1] === 'candidate';
  const mapped = isScript ? (await transform(code + inline, { ...script, sourcemap: 'external' })).map : map;
  const lines = new SourceMap(JSON.parse(mapped));
  for (const [, , line, column] of frames) {
    const entry = lines.findEntry(Number(line) - 1, Number(column) - 1);
    if (!('originalSource' in entry) || !entry.originalSource) continue;
    const { originalSource, originalLine, originalColumn } = entry;
    const file = shown(resolve(root, originalSource.replace(/\?\w+$/, '')));
    return { file, line: originalLine + 1, column: originalColumn + 1 };
  }
  return null;
}

/** The texts of an AssemblyScript file and its imports, by path relative to the folder above the op's, or to `allowed`. */
export function assemblyScriptSources(
  file: string,
  allowed = commonOf(file),
): { entry: string; files: Record<string, string>; root: string } {
  const root = allowed === commonOf(file) ? resolve(dirname(file), '..') : allowed;
  const files: Record<string, string> = {};
  const visit = (path: string) => {
    const name = relative(root, path).split(sep).join('/');
    if (name in files) return;
    files[name] = readSource(path, file);
    for (const [, specifier] of files[name].matchAll(/^[^\S\n]*(?:import|export)\b[^;'"]*['"](\.[^'"]+)['"]/gm)) {
      const imported = resolve(dirname(path), `${specifier}.ts`);
      checkImport(file, imported, allowed);
      visit(imported);
    }
  };
  visit(file);
  return { entry: relative(root, file).split(sep).join('/'), files, root };
}

/** The text of a file and its path relative to the folder above kernels/. Throws CandidateError, which names the candidate. */
export function sourceOf(path: string, candidate: string): Source {
  const root = resolve(dirname(candidate), '../..');
  return { path: relative(root, path).split(sep).join('/'), text: readSource(path, candidate) };
}

/** `TextDecoder` drops the byte order mark that some editors write. */
function readSource(path: string, candidate: string): string {
  const refusal = (why: string) =>
    new CandidateError(
      path === candidate ? `${shown(path)} ${why}` : `${shown(candidate)} needs ${shown(path)}, which ${why}`,
    );
  const bytes = contentOf(path, maxBytes);
  if (typeof bytes === 'string') throw refusal(bytes);
  if (/^(\xff\xfe|\xfe\xff)/.test(bytes.toString('latin1', 0, 2))) throw refusal('is UTF-16: save it as UTF-8');
  if (bytes.includes(0)) throw refusal('holds NUL bytes, as UTF-16 and binary files do: save it as UTF-8');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refusal('is not UTF-8: save it as UTF-8');
  }
}
