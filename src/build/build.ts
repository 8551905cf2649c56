/** Builds a candidate's file into an artifact, which a cell can load: on demand, cached by the hash of all that goes into it. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, resolve } from 'node:path';
import type { Plugin } from 'esbuild';
import { type CandidateFile, selectorOf } from '../catalog/candidates.ts';
import { baselineFile } from '../catalog/ops.ts';
import { compileC } from '../compiler/c.ts';
import { cCompiler, cOptions } from '../compiler/clang.ts';
import { compile } from '../compiler/compile.ts';
import type { Parameters } from '../contract/candidate.ts';
import { CandidateError, messageOf } from '../contract/errors.ts';
import type { Artifact, Variant } from '../contract/variant.ts';
import { shown } from '../files/places.ts';
import { cacheBytes } from '../machine/caches.ts';
import { cached, cachedJson } from './cache.ts';
import { type Description, headComment, ParameterValues, parseDescription } from './description.ts';
import { evaluate } from './evaluate.ts';
import { marked, markImports } from './marks.ts';
import { checkModule, declareShared, readModule } from './module.ts';
import { asScript, assemblyScriptSources, bundle, cSources, hashOf, type Source, sourceOf } from './sources.ts';
import { tunedParameters, tuneFile } from './tuned.ts';

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

const versionOf = (name: string): string => createRequire(import.meta.url)(`${name}/package.json`).version;

/** Part of every hash: another compiler, or another use of it, makes another artifact. */
const bundler = versionOf('esbuild');
const compilers = `${versionOf('assemblyscript')} ${versionOf('wabt')} ${readFileSync(new URL('../compiler/compiler.ts', import.meta.url), 'utf8')}`;

/** Builds a candidate. This function and `artifact` throw CandidateError; its message names the file and what to change. */
export function build(candidate: CandidateFile): Promise<Built> {
  return withFileInErrors(candidate, makers[candidate.kind](candidate));
}

/** The same for a candidate that may import from all of the folder `allowed`, not only from the common/ beside its op. */
export function buildWithin(allowed: string, candidate: CandidateFile): Promise<Built> {
  return withFileInErrors(candidate, makers[candidate.kind](candidate, allowed));
}

async function withFileInErrors(candidate: CandidateFile, work: Promise<Built>): Promise<Built> {
  const built = await prefixErrors(candidate, work);
  return {
    ...built,
    selector: selectorOf(candidate),
    artifact: (dims, threads) => prefixErrors(candidate, built.artifact(dims, threads)),
  };
}

async function prefixErrors<T>({ file }: CandidateFile, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const message = messageOf(error);
    const whole = message.startsWith(shown(file)) ? message : `${shown(file)} ${message}`;
    const { status, place, hint } = error instanceof CandidateError ? error : new CandidateError(message);
    throw new CandidateError(whole, status, { place, hint });
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
  const { entry, files } = assemblyScriptSources(candidate.file);
  const texts = marked(files);
  return (
    texts && withFileInErrors(candidate, Promise.resolve({ ...compiled(candidate, entry, texts, true), marks: true }))
  );
}

const makers = { ts: typescript, 'wasm.ts': generator, 'as.ts': assemblyScript, wat, c, wasm } as const;

async function typescript(candidate: CandidateFile, allowed?: string, plugins?: Plugin[]): Promise<Built> {
  const { code, sources } = await bundle(candidate.file, allowed, plugins);
  const hash = hashOf('ts', bundler, code);
  const description = await describe(hash, code, 'setup');
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
  };
}

async function generator(candidate: CandidateFile, allowed?: string): Promise<Built> {
  const { code, sources } = await bundle(candidate.file, allowed);
  const hash = hashOf('wasm.ts', bundler, compilers, code);
  const description = await describe(hash, code, 'generate');
  const { tunable: space } = description;
  const caches = cacheBytes();
  const defaults = async (dims: Dims): Promise<Parameters> => {
    if (!description.parameters) return {};
    const name = `${hashOf(hash, JSON.stringify([dims, caches]))}.parameters.json`;
    const values = ParameterValues.safeParse(
      await cachedJson(name, () => evaluate(code, 'parameters', [dims, caches])),
    );
    if (values.success) return values.data;
    throw new CandidateError('should return an object of numbers and words from parameters(dims, caches)');
  };
  const using = (chosen: (dims: Dims, threads: number) => Parameters | null): Built => {
    const parameters = async (dims: Dims, threads: number) => ({ ...(await defaults(dims)), ...chosen(dims, threads) });
    return {
      ...identity(candidate, hash, description, sources),
      tier: 'W',
      async artifact(dims, threads = 1) {
        const values = await parameters(dims, threads);
        return module(hashOf(hash, JSON.stringify([dims, values])), () => generate(code, [dims, values]));
      },
      ...(description.parameters && { tuning: { space, parameters, with: (values) => using(() => values) } }),
    };
  };
  return using(tunedParameters(tuneFile(candidate.id), hash));
}

async function assemblyScript(candidate: CandidateFile, allowed?: string): Promise<Built> {
  const { entry, files } = assemblyScriptSources(candidate.file, allowed);
  return compiled(candidate, entry, files);
}

function compiled(candidate: CandidateFile, entry: string, files: Record<string, string>, marks = false): Built {
  const hash = hashOf('as.ts', compilers, ...Object.entries(files).flat());
  const description = headComment(files[entry]);
  const artifact = () => module(hash, () => compile({ type: 'assemblyscript', entry, files }), marks, startInScript);
  return { ...identity(candidate, hash, description, sourcesOf(candidate, files)), tier: 'W', artifact };
}

function sourcesOf({ file }: CandidateFile, files: Readonly<Record<string, string>>): Source[] {
  const folder = basename(resolve(dirname(file), '..'));
  return Object.entries(files).map(([name, text]) => ({ path: `${folder}/${name}`, text }));
}

async function c(candidate: CandidateFile, allowed?: string): Promise<Built> {
  const { root, entry, files } = cSources(candidate.file, allowed);
  const compiler = await cCompiler();
  const hash = hashOf('c', compiler?.name ?? '', ...cOptions, ...Object.entries(files).flat());
  const description = headComment(files[entry]);
  const artifact = () => module(hash, async () => declareShared(await compileC(compiler, { root, entry, files })));
  return { ...identity(candidate, hash, description, sourcesOf(candidate, files)), tier: 'W', artifact };
}

/** Nobody could add a comment to a ready-made module: a description is optional. */
async function wasm(candidate: CandidateFile): Promise<Built> {
  const { bytes, text, head } = readModule(candidate.file);
  const about = head.includes('@about') ? '' : `// @about a ready-made module of ${bytes.length} bytes\n`;
  const sources = sourcesOf(candidate, { [`${candidate.op}/${basename(candidate.file)}`]: text });
  const artifact = async (): Promise<Artifact> => ({ kind: 'wasm', bytes });
  return { ...identity(candidate, hashOf('wasm', text), headComment(about + head), sources), tier: 'W', artifact };
}

async function wat(candidate: CandidateFile): Promise<Built> {
  const source = sourceOf(candidate.file, candidate.file);
  const { text } = source;
  const hash = hashOf('wat', compilers, text);
  const description = headComment(text);
  const artifact = () => module(hash, () => compile({ type: 'wat', text }));
  return { ...identity(candidate, hash, description, [source]), tier: 'W', artifact };
}

function identity({ id, op }: CandidateFile, hash: string, description: Description, sources: readonly Source[]) {
  const { about, flags, threads, source = null } = description;
  return { id, op, hash, about, flags, threads, source, sources };
}

const startInScript =
  'AssemblyScript makes one for globals that code must fill, such as new StaticArray: fill them in run, or use memory.data or scratch';

async function module(
  key: string,
  make: () => Promise<Uint8Array>,
  marks = false,
  startHint?: string,
): Promise<Artifact> {
  const bytes = await cached(`${key}.wasm`, make);
  checkModule(bytes, marks, startHint);
  return { kind: 'wasm', bytes };
}

/** The module that a generator returns, as text or as bytes. */
async function generate(code: string, args: readonly unknown[]): Promise<Uint8Array> {
  const made = await evaluate(code, 'generate', args);
  if (typeof made === 'string') return compile({ type: 'wat', text: made });
  if (made instanceof Uint8Array) return made;
  throw new CandidateError('does not build: generate(dims) returned neither WAT text nor the bytes of a module');
}

/** The metadata of a default export. Its code has to run for that: once per content. */
async function describe(hash: string, code: string, needs: 'setup' | 'generate'): Promise<Description> {
  const raw = await cachedJson(`${hash}.json`, () => evaluate(code));
  const signature = needs === 'setup' ? 'setup(dims, arena)' : 'generate(dims)';
  if (raw[needs] !== true)
    throw new CandidateError(`should export default { about, ${signature} }, and has no function ${needs}`);
  return parseDescription(raw);
}
