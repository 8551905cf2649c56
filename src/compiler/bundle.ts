/** The parent's end of the bundler. */
import { dirname } from 'node:path';
import { CandidateError } from '../contract/errors.ts';
import { foldersOf } from '../files/packages.ts';
import { programFile } from '../files/places.ts';
import { Helper, helpful } from './helper.ts';

/** A place; the file's path counts from `root`. */
export interface Spot {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What a file imports; null imports the entry. */
export interface Want {
  readonly importer: string | null;
  readonly path: string;
}

export type Served = { readonly file: string; readonly text: string } | { readonly error: string };

/** Wraps each function that `file` imports from the baseline of one of these ops: it calls the mark that stands under the symbol. */
export interface Marking {
  readonly file: string;
  readonly ops: readonly string[];
  readonly symbol: string;
}

export interface Bundled {
  readonly code: string;
  /** Source map of the code. */
  readonly map: string;
  /** The code as a script that leaves its exports in `candidate`. */
  readonly script: string;
  /** The files that it is made of, from `root`. */
  readonly inputs: readonly string[];
}

export type Frame = readonly [script: string, line: number, column: number];

/** Frames of an error's stack, and the files of which one is looked for. */
interface Tracing extends Pick<Bundled, 'code' | 'map'> {
  readonly frames: readonly Frame[];
  readonly own: readonly string[];
}

export type BundlerRequest =
  | { readonly type: 'bundle'; readonly root: string; readonly marking?: Marking }
  | { readonly type: 'script'; readonly code: string }
  | ({ readonly type: 'place' } & Tracing);

/** `refused`: the sources would build, but call import(), whose target may only be known when it runs. */
export type BundlerReply = Bundled | { readonly spot: Spot | null } | Failure;

interface Failure {
  readonly error: string;
  readonly spot: Spot | null;
  readonly refused?: boolean;
}

/** Long enough for a busy machine: it takes some milliseconds. */
const limitMs = 10_000;

const bundler = new Helper<BundlerRequest, BundlerReply>(() => {
  const main = programFile('src/compiler/bundler');
  const esbuild = foldersOf('esbuild', main);
  const program = esbuild.flatMap((folder) =>
    foldersOf(`@esbuild/${process.platform}-${process.arch}`, `${folder}/package.json`),
  );
  const reads = ['package.json', dirname(main), ...esbuild, ...program];
  return { main, reads, flags: ['--allow-child-process'] };
});

/** Bundles a file and what it imports. `serve` finds and reads each. Throws CandidateError if that takes too long. */
export const bundled = (root: string, serve: (want: Want) => Served, marking?: Marking) =>
  bundler.ask({ type: 'bundle', root, marking }, limitMs, serve) as Promise<Bundled | Failure>;

/** A module's code as a script. Throws CandidateError. */
export async function asScript(code: string): Promise<string> {
  const reply = await bundler.ask({ type: 'script', code }, limitMs);
  if ('script' in reply) return reply.script;
  throw new CandidateError('error' in reply ? reply.error : 'no script came out');
}

/** Where in the sources the first of these frames lies that lies in one. Null if that fails. */
export async function spotOf(tracing: Tracing): Promise<Spot | null> {
  const reply = await helpful(() => bundler.ask({ type: 'place', ...tracing }, limitMs));
  return reply && 'spot' in reply ? reply.spot : null;
}
