/** Builds a candidate's file into an artifact, which a cell can load: on demand, cached by the hash of all that goes into it. */
import { basename, dirname, join, resolve } from 'node:path';
import type { Plugin } from 'esbuild';
import { type CandidateFile, selectorOf } from '../catalog/candidates.ts';
import { baselineFile } from '../catalog/ops.ts';
import { hasConsole, speaking } from '../cell/console.ts';
import { compileC } from '../compiler/c.ts';
import { cCompiler, cOptions } from '../compiler/clang.ts';
import { compile } from '../compiler/compile.ts';
import * as options from '../compiler/options.ts';
import type { Parameters } from '../contract/candidate.ts';
import { CandidateError, messageOf, type Place } from '../contract/errors.ts';
import type { Thrown } from '../contract/thrown.ts';
import type { Variant } from '../contract/variant.ts';
import { versionOf } from '../files/packages.ts';
import { shown } from '../files/places.ts';
import { cacheBytes } from '../machine/caches.ts';
import { cached, cachedJson } from './cache.ts';
import { type Description, describe, headComment, ParameterValues } from './description.ts';
import { evaluateBundle } from './evaluate.ts';
import { bytesOf, quoting, textsOf, trapIn } from './generated.ts';
import { marked, markImports } from './marks.ts';
import { checkModule, declareShared, exportPatterns, Refused, readModule } from './module.ts';
import { asScript, placeInBundle } from './script.ts';
import {
  assemblyScriptSources,
  type Bundle,
  bundle,
  type Closure,
  cSources,
  hashOf,
  type Source,
  sourceOf,
} from './sources.ts';
import { inAssemblyScript, inBytes, inText } from './traps.ts';
import { tunedParameters, tuneFile } from './tuned.ts';
import { findIn, type TextFile } from './where.ts';

export interface Built extends Variant {
  readonly op: string;
  readonly hash: string;
  readonly about: string;
  readonly source: string | null;
  /** The files that it was built from, as they were then. */
  readonly sources: readonly Source[];
  /** W: WebAssembly, which can reach only the arena. J: JavaScript, which is trusted less. */
  readonly tier: 'W' | 'J';
  /** For a generator that has parameters. */
  readonly tuning?: Tuning;
}

type Dims = Readonly<Record<string, number>>;

export interface Tuning {
  /** The values of each parameter that a tuner may try. */
  readonly space: Readonly<Record<string, readonly (number | string)[]>>;
  /** The parameters of the artifact for these dims: the tuner's, or else the candidate's default. */
  parameters(dims: Dims, threads: number): Promise<Parameters>;
  /** The same candidate with these parameters; those left out have their default. */
  with(parameters: Parameters): Built;
}

/** Part of every hash: another compiler, or another use of it, makes another artifact. */
const bundler = versionOf('esbuild');
const compilers = `${versionOf('assemblyscript')} ${versionOf('wabt')} ${JSON.stringify(options)}`;

/** Builds a candidate. This function and `artifact` throw CandidateError; its message names the file and what to change. */
export function build(candidate: CandidateFile): Promise<Built> {
  return withFileInErrors(candidate, () => makers[candidate.kind](candidate));
}

/** The same for a candidate that may import from all of the folder `allowed`, not only from the common/ beside its op. */
export function buildWithin(allowed: string, candidate: CandidateFile): Promise<Built> {
  return withFileInErrors(candidate, () => makers[candidate.kind](candidate, allowed));
}

async function withFileInErrors(candidate: CandidateFile, work: () => Promise<Built>): Promise<Built> {
  const built = await prefixErrors(candidate, work);
  return {
    ...built,
    selector: selectorOf(candidate),
    artifact: (dims, threads) => prefixErrors(candidate, () => built.artifact(dims, threads)),
  };
}

async function prefixErrors<T>({ id, file }: CandidateFile, work: () => Promise<T>): Promise<T> {
  try {
    return await speaking(id, work);
  } catch (error) {
    const message = messageOf(error);
    const told = message.startsWith(shown(file)) ? message : `${shown(file)} ${message}`;
    throw error instanceof CandidateError ? new CandidateError(told, error.status, error) : new CandidateError(told);
  }
}

/** The frozen baseline, built like a TypeScript candidate. It may import from all of baselines/. */
export function buildBaseline(op: string, plugins?: Plugin[]): Promise<Built> {
  const file = baselineFile(op);
  return typescript({ id: `${op}/baseline`, op, kind: 'ts', file }, dirname(dirname(file)), plugins);
}

/** The baseline with marks around each function that it imports from another op's baseline. */
export async function buildMarkedBaseline(op: string): Promise<Built> {
  return { ...(await buildBaseline(op, [markImports(baselineFile(op))])), marks: true };
}

/** A candidate with its marks turned into calls; null if it has no marks. */
export async function buildMarked(candidate: CandidateFile): Promise<Built | null> {
  if (candidate.kind !== 'as.ts') return null;
  const sources = assemblyScriptSources(candidate.file);
  const files = marked(sources.files);
  if (!files) return null;
  return withFileInErrors(candidate, async () => ({
    ...compiled(candidate, { ...sources, files }, true),
    marks: true,
  }));
}

const makers = { ts: typescript, 'wasm.ts': generator, 'as.ts': assemblyScript, wat, c, wasm } as const;

async function typescript(candidate: CandidateFile, allowed?: string, plugins?: Plugin[]): Promise<Built> {
  const bundled = await bundle(candidate.file, allowed, plugins);
  const { code, sources } = bundled;
  const hash = hashOf('ts', bundler, code);
  const description = await describe(textOf(candidate, bundled), hash, bundled, 'setup');
  // Once for all cases and rounds: Ctrl-C ends the bundler's process as well, and a run must still be able to open cases.
  let script: Promise<string> | undefined;
  return {
    ...identity(candidate, hash, description, sources),
    threads: 'one',
    tier: 'J',
    artifact: async () => {
      script ??= asScript(code);
      return { kind: 'js', code: await script };
    },
    locate: async (thrown) => ({ place: await placeInBundle(bundled, thrown) }),
  };
}

async function generator(candidate: CandidateFile, allowed?: string): Promise<Built> {
  const bundled = await bundle(candidate.file, allowed);
  const { code, sources } = bundled;
  const hash = hashOf('wasm.ts', bundler, compilers, code);
  const source = textOf(candidate, bundled);
  const description = await describe(source, hash, bundled, 'generate');
  const { tunable: space } = description;
  const ask = (method: string, ...args: readonly unknown[]) => evaluateBundle(bundled, method, args);
  const caches = cacheBytes();
  const defaults = async (dims: Dims): Promise<Parameters> => {
    if (!description.parameters) return {};
    const name = `${hashOf(hash, JSON.stringify([dims, caches]))}.parameters.json`;
    const values = ParameterValues.safeParse(await cachedJson(name, () => ask('parameters', dims, caches)));
    if (values.success) return values.data;
    const place = findIn([source])(/\bparameters\b/);
    throw new CandidateError('should return an object of numbers and words from parameters(dims, caches)', 'error', {
      place,
    });
  };
  const using = (chosen: (dims: Dims, threads: number) => Parameters | null): Built => {
    const parameters = async (dims: Dims, threads: number) => ({ ...(await defaults(dims)), ...chosen(dims, threads) });
    const generate = async (dims: Dims, threads: number) => ask('generate', dims, await parameters(dims, threads));
    const place = findIn([source])(/\bgenerate\b/);
    const artifact = async (dims: Dims, threads = 1) => {
      const key = hashOf(hash, JSON.stringify([dims, await parameters(dims, threads)]));
      let made: unknown;
      const make = async () => {
        made ??= await generate(dims, threads);
        return made;
      };
      const texts = async () => textsOf(await make());
      return module(key, async () => bytesOf(await make()), { texts, fresh: hasConsole() }).catch((error) => {
        throw quoting(error, made, place);
      });
    };
    return {
      ...identity(candidate, hash, description, sources),
      tier: 'W',
      artifact,
      async locate(thrown, dims, threads = 1) {
        const { bytes } = await artifact(dims, threads);
        return trapIn(thrown, bytes, await generate(dims, threads), place);
      },
      ...(description.parameters && { tuning: { space, parameters, with: (values) => using(() => values) } }),
    };
  };
  return using(tunedParameters(tuneFile(candidate.id), hash));
}

async function assemblyScript(candidate: CandidateFile, allowed?: string): Promise<Built> {
  return compiled(candidate, assemblyScriptSources(candidate.file, allowed));
}

function compiled(candidate: CandidateFile, closure: Closure, marks = false): Built {
  const { root, entry, files } = closure;
  const hash = hashOf('as.ts', compilers, ...Object.entries(files).flat());
  const shownAs = (name: string) => shown(join(root, name));
  const texts = textsIn(closure);
  const description = headComment({ file: shown(candidate.file), text: files[entry] });
  const request = { type: 'assemblyscript', entry, files } as const;
  const artifact = () =>
    module(hash, () => compile(request, shownAs), { texts: async () => texts, marks, startHint: startInScript });
  const locate = async (thrown: Thrown) => {
    const found = await inAssemblyScript(thrown, (await artifact()).bytes, request, shownAs);
    return found.place ? found : { ...found, place: exported(thrown, texts) };
  };
  return { ...identity(candidate, hash, description, sourcesOf(candidate, files)), tier: 'W', artifact, locate };
}

/** Its texts by the names that the user knows. */
const textsIn = ({ root, files }: Closure): TextFile[] =>
  Object.entries(files).map(([name, text]) => ({ file: shown(join(root, name)), text }));

function sourcesOf({ file }: CandidateFile, files: Closure['files']): Source[] {
  const folder = basename(resolve(dirname(file), '..'));
  return Object.entries(files).map(([name, text]) => ({ path: `${folder}/${name}`, text }));
}

async function c(candidate: CandidateFile, allowed?: string): Promise<Built> {
  const closure = cSources(candidate.file, allowed);
  const { entry, files } = closure;
  const texts = textsIn(closure);
  const compiler = await cCompiler();
  const hash = hashOf('c', compiler?.name ?? '', ...cOptions, ...Object.entries(files).flat());
  const description = headComment({ file: shown(candidate.file), text: files[entry] });
  const make = async () => declareShared(await compileC(compiler, closure));
  const artifact = () => module(hash, make, { texts: async () => texts });
  const locate = async (thrown: Thrown) => {
    return { place: findIn(texts)(/\brun\s*\(/), words: inBytes(thrown, (await artifact()).bytes) };
  };
  return { ...identity(candidate, hash, description, sourcesOf(candidate, files)), tier: 'W', artifact, locate };
}

/** Nobody could add a comment to a ready-made module: a description is optional. */
async function wasm(candidate: CandidateFile): Promise<Built> {
  const { bytes, text, head } = readModule(candidate.file);
  const about = head.includes('@about') ? '' : `// @about a ready-made module of ${bytes.length} bytes\n`;
  const description = headComment({ file: shown(candidate.file), text: about + head });
  const sources = sourcesOf(candidate, { [`${candidate.op}/${basename(candidate.file)}`]: text });
  const artifact = async () => ({ kind: 'wasm', bytes }) as const;
  const locate = async (thrown: Thrown) => ({ place: null, words: inBytes(thrown, bytes) });
  return { ...identity(candidate, hashOf('wasm', text), description, sources), tier: 'W', artifact, locate };
}

async function wat(candidate: CandidateFile): Promise<Built> {
  const source = sourceOf(candidate.file, candidate.file);
  const text = { file: shown(candidate.file), text: source.text };
  const hash = hashOf('wat', compilers, text.text);
  const description = headComment(text);
  const artifact = () =>
    module(hash, () => compile({ type: 'wat', text: text.text }, () => text.file), { texts: async () => [text] });
  const locate = async (thrown: Thrown) => {
    const found = await inText(thrown, (await artifact()).bytes, text);
    return found.place ? found : { place: exported(thrown, [text]) };
  };
  return { ...identity(candidate, hash, description, [source]), tier: 'W', artifact, locate };
}

/** The function that a module is called by: the place of an error that came before any of its code ran. */
function exported({ message }: Thrown, texts: readonly TextFile[]): Place | null {
  return findIn(texts)(...exportPatterns(message.includes('scratchBytes') ? 'scratchBytes' : 'run'));
}

function identity({ id, op }: CandidateFile, hash: string, description: Description, sources: readonly Source[]) {
  const { about, flags, threads, source = null } = description;
  return { id, op, hash, about, flags, threads, source, sources };
}

const startInScript =
  'AssemblyScript makes one for globals that code must fill, such as new StaticArray: fill them in run, or use memory.data or scratch';

interface Checked {
  /** Where to look for what the module is refused for. */
  texts(): Promise<readonly TextFile[]>;
  readonly marks?: boolean;
  readonly startHint?: string;
  /** Whether to make it, though it was made before. */
  readonly fresh?: boolean;
}

async function module(key: string, make: () => Promise<Uint8Array>, { texts, marks, startHint, fresh }: Checked) {
  const bytes = await cached(`${key}.wasm`, make, fresh);
  try {
    checkModule(bytes, marks, startHint);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const place = findIn(await texts())(...error.patterns);
    throw new CandidateError(error.message, 'error', { ...error, place });
  }
  return { kind: 'wasm', bytes } as const;
}

/** The candidate's own file, by the name that the user knows. */
const textOf = ({ file }: CandidateFile, { sources }: Bundle): TextFile => ({
  file: shown(file),
  text: sources[0].text,
});
