/** The default export of a TypeScript file of kernels/ or of a baseline: a candidate, or a generator of WebAssembly. */
import type { AnyOp, DimsOf, ScalarsOf, TensorsOf } from './op.ts';

/** Scratch memory, 64-byte aligned, `length` in elements; only `setup` may take some. Its first content is arbitrary. */
export interface Arena {
  /** Scratch of `length` f32. */
  f32(length: number): Float32Array;
  /** Scratch of `length` i32. */
  i32(length: number): Int32Array;
}

/** A candidate in TypeScript: `export default { about, setup } satisfies Candidate<typeof op>`. The baseline is one too. */
export interface Candidate<O extends AnyOp = AnyOp> {
  /** The idea, in one line of at most 200 characters. */
  readonly about: string;
  /** V8 flags that it needs, from `allowedFlags`. Default: none. */
  readonly flags?: readonly string[];
  /** Where the idea comes from: a paper, a program, an address. */
  readonly source?: string;
  /**
   * Runs untimed, once a case, and sees sizes, never data. Returns the timed call, which gets each tensor of the op as a flat row-major
   * array, the same one at each call, and writes its outputs there. What either throws is the candidate's verdict.
   */
  setup(dims: DimsOf<O>, arena: Arena): (tensors: TensorsOf<O>, scalars: ScalarsOf<O>) => void;
}

/** The parameters of a generator by name: tile, blocking, packing and the like. */
export type Parameters = Readonly<Record<string, number | string>>;

/** Bytes of this machine's data caches: L1 and L2 of a core, L3 of all; usual sizes if the system does not tell. */
export interface CacheBytes {
  readonly L1: number;
  readonly L2: number;
  readonly L3: number;
}

/**
 * A candidate that generates WebAssembly for each shape: the default export of `name.wasm.ts`. The `run` of each module still takes all
 * pointers and dims of the op.
 */
export interface Generator<O extends AnyOp = AnyOp> {
  /** The idea, in one line of at most 200 characters. */
  readonly about: string;
  /** V8 flags that it needs, from `allowedFlags`. Default: none. */
  readonly flags?: readonly string[];
  /** Where the idea comes from: a paper, a program, an address. */
  readonly source?: string;
  /** `any`, if the module splits its work by `tid`. Default: `one`. */
  readonly threads?: 'one' | 'any';
  /** WAT text or module bytes for exactly these dims. `parameters` come from `nfold tune`, or else from the method `parameters`. */
  generate(dims: DimsOf<O>, parameters: Parameters): string | Uint8Array;
  /** The candidate's own choice for these dims. Default: none. */
  parameters?(dims: DimsOf<O>, caches: CacheBytes): Parameters;
  /** The values that a tuner tries, by parameter; parameters that are not listed are fixed. */
  readonly tunable?: Readonly<Record<string, readonly (number | string)[]>>;
}

/** Makes V8 pack pairs of 128-bit operations into 256-bit ones, on machines that have these. */
export const revectorize = '--experimental-wasm-revectorize';

/** V8 flags that a candidate may ask for: they change only the code that V8 makes of it. */
export const allowedFlags: readonly string[] = [revectorize, '--no-liftoff'];
