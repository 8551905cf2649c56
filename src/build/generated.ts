/**
 * What a generator makes for a shape: a module, as text or as bytes, by parameters of its own or by others, with its marks for a profile. Such
 * a text is in no file: an error says the line and what stands there.
 */
import { hasConsole } from '../cell/console.ts';
import { compile } from '../compiler/compile.ts';
import type { TextFile } from '../compiler/texts.ts';
import type { Parameters } from '../contract/candidate.ts';
import { brief, CandidateError, type Place } from '../contract/errors.ts';
import type { Thrown, Whereabouts } from '../contract/thrown.ts';
import type { Variant } from '../contract/variant.ts';
import { cacheBytes } from '../machine/caches.ts';
import { cachedJson } from './cache.ts';
import { ParameterValues } from './description.ts';
import { evaluateBundle } from './evaluate.ts';
import { marked } from './marks.ts';
import { module } from './module.ts';
import { type Bundle, digestOf } from './sources.ts';
import { inBytes, inText } from './traps.ts';
import { findIn } from './where.ts';

type Dims = Readonly<Record<string, number>>;

/** Parameters in place of the generator's own, all or some of them; null leaves it those. */
export type Chosen = (dims: Dims, threads: number) => Parameters | null;

interface Generator {
  readonly source: TextFile;
  readonly bundled: Bundle;
  readonly digest: string;
  /** Whether it has parameters. */
  readonly isTunable: boolean;
  /** Whether its marks become calls. */
  readonly marks: boolean;
}

interface Making extends Pick<Variant, 'artifact'>, Required<Pick<Variant, 'locate'>> {
  parameters(dims: Dims, threads: number): Promise<Parameters>;
}

const file = 'module.wat';

export function makingOf({ source, bundled, digest, isTunable, marks }: Generator, chosen: Chosen): Making {
  const ask = (method: string, ...args: readonly unknown[]) => evaluateBundle(bundled, method, args);
  const place = (name: RegExp) => findIn([source])(name);
  const caches = cacheBytes();
  const defaults = async (dims: Dims): Promise<Parameters> => {
    if (!isTunable) return {};
    const name = `${digestOf(digest, JSON.stringify([dims, caches]))}.parameters.json`;
    const values = ParameterValues.safeParse(await cachedJson(name, () => ask('parameters', dims, caches)));
    if (values.success) return values.data;
    throw new CandidateError('should return an object of numbers and words from parameters(dims, caches)', 'error', {
      place: await place(/\bparameters\b/),
    });
  };
  const parameters = async (dims: Dims, threads: number) => ({ ...(await defaults(dims)), ...chosen(dims, threads) });
  const generate = async (dims: Dims, threads: number) => {
    const made = await ask('generate', dims, await parameters(dims, threads));
    return marks ? markedText(made) : made;
  };
  const artifact = async (dims: Dims, threads = 1) => {
    const key = digestOf(digest, JSON.stringify([dims, await parameters(dims, threads)]));
    let made: unknown;
    const make = async () => {
      made ??= await generate(dims, threads);
      return made;
    };
    const texts = async () => textsOf(await make());
    return module(key, async () => bytesOf(await make()), { texts, marks, fresh: hasConsole() }).catch(
      async (error) => {
        throw quoting(error, made, await place(/\bgenerate\b/));
      },
    );
  };
  return {
    parameters,
    artifact,
    async locate(thrown, dims, threads = 1) {
      const { bytes } = await artifact(dims, threads);
      return trapIn(thrown, bytes, await generate(dims, threads), await place(/\bgenerate\b/));
    },
  };
}

/** The text of what `generate` returned, for searches; none if it returned bytes. */
const textsOf = (made: unknown): TextFile[] => (typeof made === 'string' ? [{ file, text: made }] : []);

/** What `generate` returned, with its marks turned into calls. */
async function markedText(made: unknown): Promise<unknown> {
  return typeof made === 'string' ? ((await marked({ [file]: made }))?.[file] ?? made) : made;
}

async function bytesOf(made: unknown): Promise<Uint8Array> {
  if (typeof made === 'string') return compile({ type: 'wat', text: made });
  if (made instanceof Uint8Array) return made;
  throw new CandidateError('does not build: generate(dims) returned neither WAT text nor the bytes of a module');
}

/** The error, with words for a place in the text. `generate`: where the source has that method. */
function quoting(error: unknown, made: unknown, generate: Place | null): unknown {
  if (!(error instanceof CandidateError)) return error;
  const { message, status, hint, place } = error;
  const words = place?.file === file ? `, ${lineOf(made, place)}` : '';
  return new CandidateError(message + words, status, { hint, place: words ? generate : (place ?? generate) });
}

/** Where a call of the module trapped. */
async function trapIn(thrown: Thrown, bytes: Uint8Array, made: unknown, place: Place | null): Promise<Whereabouts> {
  if (typeof made !== 'string') return { place, words: await inBytes(thrown, bytes) };
  const found = await inText(thrown, bytes, { file, text: made });
  const words = found.place ? [found.words, lineOf(made, found.place)] : [await inBytes(thrown, bytes)];
  return { place, words: words.filter(Boolean).join(' ') };
}

const lineOf = (made: unknown, { line }: Place) =>
  `in line ${line} of the text that generate(dims) returned: ${brief(String(made).split('\n')[line - 1])}`;
