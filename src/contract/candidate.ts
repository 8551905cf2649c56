/** A candidate in TypeScript: `export default { about, setup } satisfies Candidate<typeof op>`. The baseline is one too. */
import type { AnyOp, DimsOf, ScalarsOf, TensorsOf } from './op.ts';

/** Scratch memory in the arena, 64-byte aligned, to be taken in `setup` only. Its first content is arbitrary. */
export interface Arena {
  f32(length: number): Float32Array;
  i32(length: number): Int32Array;
}

export interface Candidate<O extends AnyOp = AnyOp> {
  /** The idea, in one line. */
  readonly about: string;
  /** V8 flags it needs, from `allowedFlags`. */
  readonly flags?: readonly string[];
  /** Where the idea comes from. */
  readonly source?: string;
  /** Untimed, once a case; sees sizes, never data. Returns the timed call. */
  setup(dims: DimsOf<O>, arena: Arena): (tensors: TensorsOf<O>, scalars: ScalarsOf<O>) => void;
}

/** Of a generator: tile, blocking, packing and the like, by name. */
export type Parameters = Readonly<Record<string, number | string>>;

/** Bytes of this machine's data caches, of a core and of all; usual sizes where the system does not tell. */
export interface CacheBytes {
  readonly L1: number;
  readonly L2: number;
  readonly L3: number;
}

/**
 * A generator of WebAssembly by shape (`name.wasm.ts`): WAT text or module bytes for exactly these dims. The module keeps
 * the contract of every WebAssembly candidate, pointers and dims in its signature included.
 */
export interface Generator<O extends AnyOp = AnyOp> {
  readonly about: string;
  readonly flags?: readonly string[];
  readonly source?: string;
  /** More than one thread only if the module splits its work by `tid`. */
  readonly threads?: 'one' | 'any';
  /** `parameters`: those of the method below, with what `nfold tune` has found for these dims in their place. */
  generate(dims: DimsOf<O>, parameters: Parameters): string | Uint8Array;
  /** The candidate's own choice for these dims. */
  parameters?(dims: DimsOf<O>, caches: CacheBytes): Parameters;
  /** The values of each parameter that are worth a tuner's time; all others are fixed. */
  readonly tunable?: Readonly<Record<string, readonly (number | string)[]>>;
}

/** Makes V8 pack pairs of 128-bit operations to 256 bits, where the machine has these. */
export const revectorize = '--experimental-wasm-revectorize';

/** V8 flags that a candidate may ask for. All else would reach beyond its own code generation. */
export const allowedFlags: readonly string[] = [revectorize, '--no-liftoff'];
