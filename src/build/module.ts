/** The contract of a WebAssembly module, checked without running any of it. */
import { join } from 'node:path';
import { anatomy } from '../compiler/compile.ts';
import { type Anatomy, most } from '../compiler/sections.ts';
import type { TextFile } from '../compiler/texts.ts';
import { brief, CandidateError } from '../contract/errors.ts';
import { contentWithin } from '../files/given.ts';
import { homesOf } from '../files/homes.ts';
import { workspace } from '../files/places.ts';
import { cached, cachedJson } from './cache.ts';
import { digestOf } from './sources.ts';
import { findIn, literally } from './where.ts';

const memoryImport = 'import "env" "memory" (memory 1 65536 shared)';

/** The kernels of nfold have 4 to 20 kB. */
const maxBytes = 2 ** 20;
/** The page below the tensors, which belongs to the module. */
const maxData = 65536;
/** Of the memory that a module imports: the pages of an arena before its first case, and its maximum, which has to be declared. */
const maxInitialPages = 2;
const maxPages = 65536;

/** `patterns`: what to look for in the source, to find the place. */
class Refused extends CandidateError {
  readonly patterns: readonly RegExp[];
  constructor(why: string, hint: string | null, patterns: readonly RegExp[]) {
    super(why, 'error', { code: 'contract', hint });
    this.patterns = patterns;
  }
}

function refuse(why: string, hint: string | null, ...patterns: readonly RegExp[]): never {
  throw new Refused(why, hint, patterns);
}

const runSignature = 'export run(tid, nthreads, ...pointers, ...dims, ...scalars, scratch)';

/**
 * Throws CandidateError unless the module
 *   - imports `env.memory` alone (in a profile build `env.mark` as well), within the limits of the arena,
 *   - exports `run` (the cell checks the count of its parameters),
 *   - has no memory and no start function of its own, and no more bytes, functions, locals and exports than a kernel needs.
 *
 * A start function would run outside the timed calls. `scratchBytes` does too, but it sees only the dims.
 */
export async function checkModule(
  bytes: Uint8Array,
  marks = false,
  startHint = 'move its work into run',
): Promise<Anatomy> {
  if (bytes.length > maxBytes) refuse(`makes a module of ${bytes.length} bytes: the limit is ${maxBytes}`, null);
  const module = await read(bytes);
  const { functions, locals, exports } = module;
  const counts = { functions, locals, exports: exports.length };
  for (const what of ['functions', 'locals', 'exports'] as const) {
    if (counts[what] > most[what])
      refuse(`makes a module of more than ${most[what]} ${what}, which no kernel needs`, null, /\(func\b/);
  }
  const foreign = module.imports.find(
    ({ module: from, name, kind }) =>
      from !== 'env' ||
      !((name === 'memory' && kind === 'memory') || (marks && name === 'mark' && kind === 'function')),
  );
  if (foreign) {
    const { module: from, name, kind } = foreign;
    refuse(`imports the ${kind} ${from}.${name}`, importHint(name), ...importPatterns(from, name));
  }
  const { memory, ownMemories, start, dataBytes } = module;
  const own = /(?<!"\s*)\(memory\b/;
  if (memory === null) {
    const instead = ownMemories > 0 ? ', and makes one of its own' : '';
    refuse(`does not import its memory${instead}`, `${memoryImport}, where the tensors lie`, own);
  }
  const { initial, maximum, shared, odd } = memory;
  const imported = [/"env"\s+"memory"/, /\(memory\b/];
  if (!shared || odd) refuse('imports a memory of another kind', memoryImport, ...imported);
  if (initial > maxInitialPages || maximum !== maxPages) {
    const limits = `the minimum may be at most ${maxInitialPages}, and the maximum has to be ${maxPages}`;
    refuse(`imports a memory of ${initial} to ${maximum ?? 'any number of'} pages: ${limits}`, null, ...imported);
  }
  if (ownMemories > 0) refuse('has a memory of its own', 'scratch comes from scratchBytes(nthreads, ...dims)', own);
  if (start) refuse('has a start function, which would run untimed', startHint, /\(start\b/, /\bnew\s+\w*Array\b/);
  if (dataBytes > maxData) {
    refuse(`brings ${dataBytes} bytes of data: the limit is ${maxData}`, null, /\(data\b/, /\bmemory\.data\b/);
  }
  const named = exports.flatMap(({ kind, name }) => (kind === 'function' ? name : []));
  if (named.includes('run')) return module;
  const other = named.find((name) => name !== 'scratchBytes') ?? 'run';
  const hidden = [/\bfunction\s+run\b/, /\(func\s+\$run\b/, /\bfunction\b/, /\(func\b/];
  const names = brief(named.join(', ')) || 'no function';
  refuse(`exports ${names}`, runSignature, ...exportPatterns(other), ...hidden);
}

/** By workspace and digest. */
const anatomies = new Map<string, Promise<Anatomy>>();

/** What a module is made of, read and compiled once for each module. */
function read(bytes: Uint8Array): Promise<Anatomy> {
  const name = `${digestOf('module', process.versions.v8, bytes)}.json`;
  const key = join(workspace().cache, name);
  const found = anatomies.get(key) ?? cachedJson(name, () => anatomy(bytes), { fresh: false });
  anatomies.set(key, found);
  found.catch(() => anatomies.delete(key));
  return found;
}

interface Checked {
  /** Where to look for what the module is refused for. */
  texts(): Promise<readonly TextFile[]>;
  readonly marks?: boolean;
  readonly startHint?: string;
  /** Whether to make it, though it was made before. */
  readonly fresh?: boolean;
}

/** The module that `make` returns, kept under a key, as an artifact. Throws CandidateError, with its place, if it breaks the contract. */
export async function module(
  key: string,
  make: () => Promise<Uint8Array>,
  { texts, marks, startHint, fresh }: Checked,
) {
  const bytes = await cached(`${key}.wasm`, make, { fresh });
  try {
    await checkModule(bytes, marks, startHint);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const place = await findIn(await texts())(...error.patterns);
    throw new CandidateError(error.message, 'error', { ...error, place });
  }
  return { kind: 'wasm', bytes } as const;
}

const onlyMemory = 'the only import allowed is the memory env.memory';

function importHint(name: string): string {
  if (name === 'seed') return `${onlyMemory}, and Math.random needs a seed from outside`;
  if (name === 'abort') return `${onlyMemory}; AssemblyScript leaves abort out with --use abort=`;
  if (/^(Date|performance)\b/.test(name)) return `${onlyMemory}: a candidate has no clock`;
  if (/^(console|trace|process)\b/.test(name))
    return `${onlyMemory}: only a TypeScript candidate can print, under --debug`;
  return onlyMemory;
}

/** As text imports it, as AssemblyScript does, and where its library does for a call. */
function importPatterns(from: string, name: string): RegExp[] {
  const [module, field] = [from, name].map(literally);
  return [
    new RegExp(`(["'])${module}\\1[\\s,]*(["'])${field}\\2`),
    new RegExp(`\\bdeclare\\s+function\\s+${field}\\b`),
    name === 'seed' ? /\bMath\.random\b/ : new RegExp(`(?<!\\w)${field}(?!\\w)`),
  ];
}

/** Where a function is exported under this name, in text and in AssemblyScript. */
export const exportPatterns = (name: string): RegExp[] => [
  new RegExp(`\\(export\\s+"${literally(name)}"`),
  new RegExp(`\\bexport\\s+function\\s+${literally(name)}\\b`),
];

/**
 * The module with its imported memory declared as shared. A linker does that only if all objects were made for threads, and then writes
 * tables by a start function; a module itself does not tell one kind of memory from the other.
 */
export function declareShared(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const at = Buffer.from(bytes).indexOf(unshared, 0, 'latin1');
  const copy = new Uint8Array(bytes);
  if (at >= 0) copy[at + unshared.length - 1] = 3;
  return copy;
}

/** An import as it stands in a module: the names, each after its length, the kind memory, and the flag of a maximum. */
const unshared = '\x03env\x06memory\x02\x01';

/**
 * A ready-made module: its bytes, and their text for a record, a data URL, which gives them back. Throws CandidateError.
 */
export function readModule(file: string): { readonly bytes: Uint8Array; readonly text: string } {
  const content = contentWithin(homesOf(file), file, maxBytes);
  if (typeof content === 'string') throw new CandidateError(content);
  const text = `data:application/wasm;base64,${content.toString('base64')}\n`;
  return { bytes: declareShared(new Uint8Array(content)), text };
}
