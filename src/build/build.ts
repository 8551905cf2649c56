/** Builds a candidate's file into an artifact, which a cell can load: on demand, cached by the hash of all that goes into it. */
import { basename, dirname, join, resolve } from 'node:path';
import { type CandidateFile, selectorOf } from '../catalog/candidates.ts';
import { baselineFile } from '../catalog/ops.ts';
import { atCostOf, Budget } from '../cell/budget.ts';
import { speaking } from '../cell/console.ts';
import type { Marking } from '../compiler/bundle.ts';
import { compileC } from '../compiler/c.ts';
import { cCompiler, cOptions } from '../compiler/clang.ts';
import { compile } from '../compiler/compile.ts';
import * as options from '../compiler/options.ts';
import type { Kind, TextFile } from '../compiler/texts.ts';
import type { Parameters } from '../contract/candidate.ts';
import { CandidateError, messageOf } from '../contract/errors.ts';
import type { Thrown } from '../contract/thrown.ts';
import type { Variant } from '../contract/variant.ts';
import { versionOf } from '../files/packages.ts';
import { shown } from '../files/places.ts';
import { type Description, describe, headComment } from './description.ts';
import { type Chosen, makingOf } from './generated.ts';
import { marked, markImports } from './marks.ts';
import { checkModule, declareShared, module, readModule } from './module.ts';
import {
  assemblyScriptSources,
  type Bundle,
  bundle,
  bundler,
  type Closure,
  cSources,
  digestOf,
  headOf,
  placeInBundle,
  type Source,
  sourceOf,
} from './sources.ts';
import { exported, inAssemblyScript, inBytes, inText } from './traps.ts';
import { tunedParameters, tuneFile } from './tuned.ts';
import { findIn } from './where.ts';

export interface Built extends Variant {
  readonly budget: Budget;
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
const compilers = `${versionOf('assemblyscript')} ${versionOf('wabt')} ${JSON.stringify(options)}`;

/** What the makers return, before it has a budget and names its file in errors. */
type Made = Omit<Built, 'budget'>;

/** Builds a candidate. This function and `artifact` throw CandidateError; its message names the file and what to change. */
export function build(candidate: CandidateFile): Promise<Built> {
  return withinBudget(candidate, () => makers[candidate.kind](candidate));
}

/** The same for a candidate that may import from all of the folder `allowed`, not only from the common/ beside its op. */
export function buildWithin(allowed: string, candidate: CandidateFile): Promise<Built> {
  return withinBudget(candidate, () => makers[candidate.kind](candidate, allowed));
}

async function withinBudget(candidate: CandidateFile, work: () => Promise<Made>): Promise<Built> {
  const budget = new Budget();
  return finished(candidate, await atCostOf(budget, () => prefixErrors(candidate, work)), budget);
}

/** `budget`: of what the candidate has taken so far; by default nothing. */
function finished(candidate: CandidateFile, made: Made, budget = new Budget()): Built {
  return {
    ...made,
    budget,
    selector: selectorOf(candidate),
    artifact: (dims, threads) => atCostOf(budget, () => prefixErrors(candidate, () => made.artifact(dims, threads))),
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
export async function buildBaseline(op: string, marking?: Marking): Promise<Built> {
  const file = baselineFile(op);
  const made = await typescript({ id: `${op}/baseline`, op, kind: 'ts', file }, dirname(dirname(file)), marking);
  return { ...made, budget: new Budget(Number.POSITIVE_INFINITY) };
}

/** The baseline with marks around each function that it imports from another op's baseline. */
export async function buildMarkedBaseline(op: string): Promise<Built> {
  return { ...(await buildBaseline(op, markImports(baselineFile(op)))), marks: true };
}

/** A candidate with its marks turned into calls; null if it has no marks. */
export async function buildMarked(candidate: CandidateFile): Promise<Built | null> {
  if (candidate.kind === 'wasm.ts') {
    const { sources } = await bundle(candidate.file);
    if (!sources.some(({ text }) => text.includes(';; @mark '))) return null;
    return withinBudget(candidate, async () => ({ ...(await generator(candidate, undefined, true)), marks: true }));
  }
  if (candidate.kind !== 'as.ts') return null;
  const sources = await assemblyScriptSources(candidate.file);
  const files = await marked(sources.files);
  if (!files) return null;
  return withinBudget(candidate, async () => ({
    ...(await compiled(candidate, { ...sources, files }, true)),
    marks: true,
  }));
}

const makers = { ts: typescript, 'wasm.ts': generator, 'as.ts': assemblyScript, wat, c, wasm } as const;

async function typescript(candidate: CandidateFile, allowed?: string, marking?: Marking): Promise<Made> {
  const bundled = await bundle(candidate.file, allowed, marking);
  const { code, script, sources } = bundled;
  const digest = digestOf('ts', bundler, code);
  const description = await describe(textOf(candidate, bundled), digest, bundled, 'setup');
  return {
    ...identity(candidate, digest, description, sources),
    threads: 'one',
    tier: 'J',
    artifact: async () => ({ kind: 'js', code: script }),
    locate: async (thrown) => ({ place: await placeInBundle(bundled, thrown) }),
  };
}

async function generator(candidate: CandidateFile, allowed?: string, marks = false): Promise<Made> {
  const bundled = await bundle(candidate.file, allowed);
  const { code, sources } = bundled;
  const digest = digestOf('wasm.ts', bundler, compilers, code, ...(marks ? ['marks'] : []));
  const source = textOf(candidate, bundled);
  const description = await describe(source, digest, bundled, 'generate');
  const { tunable: space, parameters: isTunable } = description;
  const using = (chosen: Chosen): Made => {
    const { parameters, ...making } = makingOf({ source, bundled, digest, isTunable, marks }, chosen);
    const others = (values: Parameters) =>
      finished(
        candidate,
        using(() => values),
      );
    return {
      ...identity(candidate, digest, description, sources),
      tier: 'W',
      ...making,
      ...(isTunable && { tuning: { space, parameters, with: others } }),
    };
  };
  const { id, tunedAs = id, parameters } = candidate;
  return using(parameters ?? tunedParameters(tuneFile(tunedAs), shortened(digest)));
}

async function assemblyScript(candidate: CandidateFile, allowed?: string): Promise<Made> {
  return compiled(candidate, await assemblyScriptSources(candidate.file, allowed));
}

async function compiled(candidate: CandidateFile, closure: Closure, marks = false): Promise<Made> {
  const { root, entry, files } = closure;
  const digest = digestOf('as.ts', compilers, ...Object.entries(files).flat());
  const shownAs = (name: string) => shown(join(root, name));
  const texts = textsIn(closure);
  const description = await described(candidate, 'as.ts', files[entry]);
  const request = { type: 'assemblyscript', entry, files } as const;
  const artifact = () =>
    module(digest, () => compile(request, shownAs), { texts: async () => texts, marks, startHint: startInScript });
  const locate = async (thrown: Thrown) => {
    const found = await inAssemblyScript(thrown, (await artifact()).bytes, request, shownAs);
    return found.place ? found : { ...found, place: await exported(thrown, texts) };
  };
  return { ...identity(candidate, digest, description, sourcesOf(candidate, files)), tier: 'W', artifact, locate };
}

/** Its texts by the names that the user knows. */
const textsIn = ({ root, files }: Closure): TextFile[] =>
  Object.entries(files).map(([name, text]) => ({ file: shown(join(root, name)), text }));

function sourcesOf({ file }: CandidateFile, files: Closure['files']): Source[] {
  const folder = basename(resolve(dirname(file), '..'));
  return Object.entries(files).map(([name, text]) => ({ path: `${folder}/${name}`, text }));
}

async function c(candidate: CandidateFile, allowed?: string): Promise<Made> {
  const closure = await cSources(candidate.file, allowed);
  const { entry, files } = closure;
  const texts = textsIn(closure);
  const compiler = await cCompiler();
  const digest = digestOf('c', compiler?.name ?? '', ...cOptions, ...Object.entries(files).flat());
  const description = await described(candidate, 'c', files[entry]);
  const make = async () => declareShared(await compileC(compiler, closure));
  const artifact = () => module(digest, make, { texts: async () => texts });
  const locate = async (thrown: Thrown) => {
    const words = await inBytes(thrown, (await artifact()).bytes);
    return { place: await findIn(texts)(/\brun\s*\(/), words };
  };
  return { ...identity(candidate, digest, description, sourcesOf(candidate, files)), tier: 'W', artifact, locate };
}

/** Nobody could add a comment to a ready-made module: a description is optional. */
async function wasm(candidate: CandidateFile): Promise<Made> {
  const { bytes, text } = readModule(candidate.file);
  const { head } = await checkModule(bytes);
  const about = head.includes('@about') ? '' : `// @about a ready-made module of ${bytes.length} bytes\n`;
  const description = await described(candidate, 'wasm', about + head);
  const sources = sourcesOf(candidate, { [`${candidate.op}/${basename(candidate.file)}`]: text });
  const artifact = async () => ({ kind: 'wasm', bytes }) as const;
  const locate = async (thrown: Thrown) => ({ place: null, words: await inBytes(thrown, bytes) });
  return { ...identity(candidate, digestOf('wasm', text), description, sources), tier: 'W', artifact, locate };
}

/** By the head of a file. */
const described = async ({ file }: CandidateFile, kind: Kind, text: string): Promise<Description> =>
  headComment({ file: shown(file), text }, await headOf(kind, text));

async function wat(candidate: CandidateFile): Promise<Made> {
  const source = sourceOf(candidate.file, candidate.file);
  const text = { file: shown(candidate.file), text: source.text };
  const digest = digestOf('wat', compilers, text.text);
  const description = await described(candidate, 'wat', text.text);
  const artifact = () =>
    module(digest, () => compile({ type: 'wat', text: text.text }, () => text.file), { texts: async () => [text] });
  const locate = async (thrown: Thrown) => {
    const found = await inText(thrown, (await artifact()).bytes, text);
    return found.place ? found : { place: await exported(thrown, [text]) };
  };
  return { ...identity(candidate, digest, description, [source]), tier: 'W', artifact, locate };
}

/** The digits that people see. */
const shortened = (digest: string) => digest.slice(0, 16);

function identity({ id, op }: CandidateFile, digest: string, description: Description, sources: readonly Source[]) {
  const { about, flags, threads, source = null } = description;
  return { id, op, hash: shortened(digest), about, flags, threads, source, sources };
}

const startInScript =
  'AssemblyScript makes one for globals that code must fill, such as new StaticArray: fill them in run, or use memory.data or scratch';

/** The candidate's own file, by the name that the user knows. */
const textOf = ({ file }: CandidateFile, { sources }: Bundle): TextFile => ({
  file: shown(file),
  text: sources[0].text,
});
