/** Reads what a candidate is made of: its own file and what it imports from kernels/common. */
import { createHash } from 'node:crypto';
import { dirname, relative, resolve, sep } from 'node:path';
import { build, type Location, type Message, type Plugin } from 'esbuild';
import { CandidateError, type Place } from '../contract/errors.ts';
import { placeAt } from '../contract/place.ts';
import { absent, contentWithin, look } from '../files/given.ts';
import { homesOf, homesOfImports } from '../files/homes.ts';
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
 * accept bytes that are no text.
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
      // A source map of its own could lead to any file, and esbuild would read it.
      const contents = readSource(path, file, allowed).replace(/([#@]\s*)sourceMappingURL=/g, '$1sourceMappingurl=');
      return { contents, loader: 'default' };
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
    const ours = first?.detail instanceof CandidateError ? first.detail : null;
    // For an error of ours, esbuild's location is ours as well, and the import is in a note.
    const location = ours ? first.notes.find(({ text }) => /by this import$/.test(text))?.location : first?.location;
    const place = location && placeOf(location, root);
    if (ours) throw new CandidateError(ours.message, 'error', { place });
    throw new CandidateError(`${shown(file)} does not build: ${first?.text ?? failure}`, 'error', { place });
  });
  // With a plugin's `?suffix`, one file can be two modules.
  const inputs = [
    ...new Set(Object.keys(result.metafile.inputs).map((input) => resolve(root, input.replace(/\?\w+$/, '')))),
  ];
  const files = [file, ...inputs.filter((input) => input !== file).sort()];
  const [map, code] = result.outputFiles.map(({ text }) => text);
  return { code, map, root, sources: files.map((path) => sourceOf(path, file, allowed)) };
}

/** esbuild counts columns from 0, in bytes. */
function placeOf({ file, line, column, lineText }: Location, root: string): Place {
  const before = Buffer.from(lineText).subarray(0, column).toString();
  return { file: shown(resolve(root, file.replace(/\?\w+$/, ''))), line, column: before.length + 1 };
}

/** The texts of a file and of what it imports, by path relative to `root`: the folder above the op's, or `allowed`. */
export interface Closure {
  readonly root: string;
  readonly entry: string;
  readonly files: Record<string, string>;
}

export function assemblyScriptSources(file: string, allowed?: string): Closure {
  const imports = /^[^\S\n]*(?:import|export)\b[^;'"]*['"](\.[^'"]+)['"]/gm;
  return closure(file, imports, (path) => `${path}.ts`, allowed);
}

export function cSources(file: string, allowed?: string): Closure {
  const includes = /^[^\S\n]*#[^\S\n]*include[^\S\n]*"([^"\n]+)"/gm;
  // What is not there may be a header of the compiler.
  return closure(file, includes, (path) => (look(path) === absent ? null : path), allowed);
}

function closure(
  file: string,
  imports: RegExp,
  fileOf: (path: string) => string | null,
  allowed = commonOf(file),
): Closure {
  const root = allowed === commonOf(file) ? resolve(dirname(file), '..') : allowed;
  const files: Record<string, string> = {};
  const visit = (path: string) => {
    const name = relative(root, path).split(sep).join('/');
    if (name in files) return;
    files[name] = readSource(path, file, allowed);
    for (const found of files[name].matchAll(imports)) {
      const imported = fileOf(resolve(dirname(path), found[1]));
      if (imported === null) continue;
      try {
        checkImport(file, imported, allowed);
        visit(imported);
      } catch (error) {
        if (!(error instanceof CandidateError) || error.place) throw error;
        const place = placeAt(shown(path), files[name], found.index + found[0].lastIndexOf(found[1]));
        throw new CandidateError(error.message, 'error', { place });
      }
    }
  };
  visit(file);
  return { root, entry: relative(root, file).split(sep).join('/'), files };
}

/** The text of a file and its path relative to the folder above kernels/. Throws CandidateError, which names the candidate. */
export function sourceOf(path: string, candidate: string, allowed?: string): Source {
  const root = resolve(dirname(candidate), '../..');
  return { path: relative(root, path).split(sep).join('/'), text: readSource(path, candidate, allowed) };
}

/** `TextDecoder` drops the byte order mark that some editors write. */
function readSource(path: string, candidate: string, allowed = commonOf(candidate)): string {
  const refusal = (why: string) =>
    new CandidateError(
      path === candidate ? `${shown(path)} ${why}` : `${shown(candidate)} needs ${shown(path)}, which ${why}`,
    );
  const wider = allowed === commonOf(candidate) ? [] : [allowed];
  const homes = path === candidate ? homesOf(candidate) : homesOfImports(candidate);
  const bytes = contentWithin([...wider, ...homes], path, maxBytes);
  if (typeof bytes === 'string') throw refusal(bytes);
  if (/^(\xff\xfe|\xfe\xff)/.test(bytes.toString('latin1', 0, 2))) throw refusal('is UTF-16: save it as UTF-8');
  if (bytes.includes(0)) throw refusal('holds NUL bytes, as UTF-16 and binary files do: save it as UTF-8');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refusal('is not UTF-8: save it as UTF-8');
  }
}
