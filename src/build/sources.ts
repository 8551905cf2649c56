/** Reads what a candidate is made of: its own file and what it imports from kernels/common. */
import { createHash } from 'node:crypto';
import { dirname, relative, resolve, sep } from 'node:path';
import { type Bundled, bundled, type Frame, type Marking, type Served, spotOf, type Want } from '../compiler/bundle.ts';
import { read as readHead } from '../compiler/compile.ts';
import type { Head, Kind } from '../compiler/texts.ts';
import { attempt } from '../contract/attempt.ts';
import { CandidateError, type Place } from '../contract/errors.ts';
import { placeAt } from '../contract/place.ts';
import type { Thrown } from '../contract/thrown.ts';
import { absent, contentWithin, look } from '../files/given.ts';
import { homesOf, homesOfImports } from '../files/homes.ts';
import { versionOf } from '../files/packages.ts';
import { shown } from '../files/places.ts';
import { cachedJson } from './cache.ts';

/** A SHA-256 over the parts and their lengths, in hex: what is kept goes by it, since two texts with the same 16 digits can be found. */
export function digestOf(...parts: (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex');
}

/** 16 digits of it, for people. */
export const hashOf = (...parts: (string | Uint8Array)[]): string => digestOf(...parts).slice(0, 16);

/** Part of every hash: another bundler makes another script. */
export const bundler = versionOf('esbuild');

/** Refuses an import from outside the folder `allowed`. */
function checkImport(file: string, imported: string, allowed: string): void {
  if (imported === file || `${dirname(imported)}${sep}`.startsWith(allowed + sep)) return;
  throw new CandidateError(
    `${shown(file)} imports ${shown(imported)}: a candidate may import from ${shown(allowed)} and nowhere else (types aside)`,
  );
}

/** A larger source could be nested so deep that it ends the bundler's process, and with it all builds. */
const maxBytes = 2 ** 17;

const commonOf = (file: string) => resolve(dirname(file), '../common');

/** A file that a candidate was built from. The path is relative to the folder that holds kernels/ or baselines/. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

/** A TypeScript file and its imports as one JavaScript module without types, and as a script. */
export interface Bundle extends Pick<Bundled, 'code' | 'map' | 'script'> {
  readonly root: string;
  /** The file first. */
  readonly sources: readonly Source[];
}

/** Finds and reads what a candidate imports, within limits. */
function library(file: string, allowed: string) {
  const texts = new Map<string, string>();
  let bytes = 0;
  const read = (path: string): string => {
    checkImport(file, path, allowed);
    const known = texts.get(path);
    if (known !== undefined) return known;
    const text = readSource(path, file, allowed);
    texts.set(path, text);
    bytes += text.length;
    if (texts.size > maxFiles) throw new CandidateError(`${shown(file)} imports more than ${maxFiles} files`);
    if (bytes > maxImported) throw new CandidateError(`${shown(file)} imports more than ${maxImported} bytes`);
    return text;
  };
  const serve = ({ importer, path }: Want): Served => {
    if (importer === null) return { file, text: read(file) };
    const places = /^[./]/.test(path) ? [path, `${path}.ts`].map((name) => resolve(dirname(importer), name)) : [];
    const there = places.find((place) => look(place) !== absent);
    return there ? { file: there, text: read(there) } : { error: `Could not resolve "${path}"` };
  };
  return { read, serve };
}

/** More than any kernel needs. */
const maxFiles = 200;
const maxImported = 2 ** 21;

/** What was asked and answered while a bundle was made: it is the same as long as the answers are. */
interface Kept extends Bundled {
  readonly asked: readonly (readonly [want: Want, answer: string])[];
}

/** Bundles a candidate's file; it runs none of it. */
export async function bundle(file: string, allowed = commonOf(file), marking?: Marking): Promise<Bundle> {
  const root = resolve(dirname(file), '../..');
  const { read, serve } = library(file, allowed);
  // What is kept is the same in whatever folder.
  const nameOf = (path: string) => relative(root, path).split(sep).join('/');
  const answer = (served: Served) => ('error' in served ? served.error : digestOf(nameOf(served.file), served.text));
  const make = async (): Promise<Kept> => {
    const asked = new Map<string, Kept['asked'][number]>();
    let refusal: { readonly error: CandidateError } | null = null;
    const listening = (want: Want): Served => {
      try {
        const served = serve(want);
        const kept = { ...want, importer: want.importer && nameOf(want.importer) };
        asked.set(JSON.stringify(kept), [kept, answer(served)]);
        return served;
      } catch (error) {
        if (!(error instanceof CandidateError) || want.importer === null) throw error;
        refusal ??= { error };
        return { error: error.message };
      }
    };
    const reply = await bundled(root, listening, marking);
    if (!('error' in reply)) return { ...reply, asked: [...asked.values()] };
    const { error, spot, refused } = reply;
    const place = spot && { ...spot, file: shown(resolve(root, spot.file)) };
    const ours = refusal as { readonly error: CandidateError } | null;
    if (ours?.error.message === error) throw new CandidateError(error, 'error', { place });
    if (refused) throw new CandidateError(`${shown(file)} ${error}`, 'error', { place, hint: importHint });
    throw new CandidateError(`${shown(file)} does not build: ${error}`, 'error', { place });
  };
  const isSame = ([{ importer, path }, was]: Kept['asked'][number]) =>
    attempt(() => answer(serve({ importer: importer && resolve(root, importer), path })) === was, false);
  const holds = ({ asked }: Kept) => asked.every(isSame);
  const marks = JSON.stringify(marking ? { ...marking, file: nameOf(marking.file) } : null);
  const key = digestOf('bundle', bundler, nameOf(file), nameOf(allowed), marks, read(file));
  const { code, map, script, inputs } = await cachedJson(`${key}.json`, make, { holds, fresh: false });
  const others = inputs.map((input: string) => resolve(root, input)).filter((input: string) => input !== file);
  return { code, map, script, root, sources: [file, ...others.sort()].map((path) => sourceOf(path, file, allowed)) };
}

const importHint = 'use import statements at the head of the file, from kernels/common';

/** The first place in the sources that the stack of an error leads to. */
export async function placeInBundle({ code, map, root, sources }: Bundle, { trace }: Thrown): Promise<Place | null> {
  // Of a syntax error, V8 shows the line, and marks the column below it.
  const [, line, margin] = /^candidate\.js:(\d{1,7})\n.*\n([ \t]*)\^/.exec(trace) ?? [];
  const known = [...trace.matchAll(/\b(candidate|bundle)\.js:(\d{1,7}):(\d{1,7})/g)];
  const frames = known.map(([, script, at, column]): Frame => [script, Number(at), Number(column)]);
  const own = sources.map(({ path }) => path);
  const spot = await spotOf({
    code,
    map,
    own,
    frames: line ? [['candidate', Number(line), margin.length + 1]] : frames,
  });
  return spot && { ...spot, file: shown(resolve(root, spot.file)) };
}

/** The texts of a file and of what it imports, by path relative to `root`: the folder above the op's, or `allowed`. */
export interface Closure {
  readonly root: string;
  readonly entry: string;
  readonly files: Record<string, string>;
}

export const assemblyScriptSources = (file: string, allowed?: string): Promise<Closure> =>
  closure(file, 'as.ts', (path) => `${path}.ts`, allowed);

/** What is not there may be a header of the compiler. */
export const cSources = (file: string, allowed?: string): Promise<Closure> =>
  closure(file, 'c', (path) => (look(path) === absent ? null : path), allowed);

async function closure(
  file: string,
  kind: Kind,
  fileOf: (path: string) => string | null,
  allowed = commonOf(file),
): Promise<Closure> {
  const root = allowed === commonOf(file) ? resolve(dirname(file), '..') : allowed;
  const nameOf = (path: string) => relative(root, path).split(sep).join('/');
  const files: Record<string, string> = {};
  const { read } = library(file, allowed);
  const visit = async (path: string, text: string): Promise<void> => {
    files[nameOf(path)] = text;
    for (const { path: name, index } of (await headOf(kind, text)).imports) {
      const imported = fileOf(resolve(dirname(path), name));
      if (imported === null || nameOf(imported) in files) continue;
      let found: string;
      try {
        found = read(imported);
      } catch (error) {
        if (!(error instanceof CandidateError) || error.place) throw error;
        throw new CandidateError(error.message, 'error', { place: placeAt(shown(path), text, index) });
      }
      await visit(imported, found);
    }
  };
  await visit(file, read(file));
  return { root, entry: nameOf(file), files };
}

/** What a source says of itself, read once for each text. */
export const headOf = (kind: Kind, text: string): Promise<Head> =>
  cachedJson(`${digestOf('head', kind, text)}.json`, () => readHead(kind, text), { fresh: false });

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
