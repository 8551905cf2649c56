/**
 * An op: what to compute, on which shapes, and how near to the truth a result must be.
 *
 * The dims, scalars and tensors are bound by name at the type level, so a candidate that asks for a dim the op does
 * not have, or treats an i32 tensor as f32, does not compile.
 */
import type { Rng } from './rng.ts';

export type Dtype = 'f32' | 'i32';

/** `in` must come back bit-identical, `out` is poisoned before each call, `inout` is read and overwritten. */
export type Role = 'in' | 'out' | 'inout';

export type ArrayOf<T extends Dtype> = T extends 'f32' ? Float32Array : Int32Array;
export type TypedArray = Float32Array | Int32Array;

export interface TensorSpec<D extends string = string> {
  readonly dtype: Dtype;
  readonly role: Role;
  /** Extents, row-major, outermost first. A tensor with a zero extent has no bytes but still has an address. */
  readonly shape: (dims: Readonly<Record<D, number>>) => readonly number[];
}

/** One set of sizes. `extra` cases are timed by `--thorough` only, and never enter the headline mean. */
export interface Case<D extends string = string, S extends string = string> {
  readonly dims: Readonly<Record<D, number>>;
  readonly scalars: Readonly<Record<S, number>>;
  readonly extra?: boolean;
}

export type Tensors = Readonly<Record<string, TypedArray>>;

/** What the oracle says of one output: the value in f64 and, for ops that bound by it, the sum of absolute terms. */
export interface Truth {
  readonly want: Float64Array;
  readonly scale?: Float64Array;
}
export type Truths = Readonly<Record<string, Truth>>;

export interface DrawContext<D extends string, S extends string, T> {
  readonly dims: Readonly<Record<D, number>>;
  readonly scalars: Readonly<Record<S, number>>;
  /** Views to fill. Outputs are there too; what is written to them is replaced by poison. */
  readonly tensors: { readonly [N in keyof T]: T[N] extends { dtype: infer K extends Dtype } ? ArrayOf<K> : never };
  readonly rng: Rng;
  readonly distribution: string;
  /** Bytes of a real text, for ops that declare `needsText`; empty otherwise. */
  readonly text: Uint8Array;
  /** Whether to hide exact rows and columns among the ordinary ones, where the op knows how. */
  readonly canaries?: boolean;
}

export interface BoundContext<D extends string = string, S extends string = string> {
  readonly dims: Readonly<Record<D, number>>;
  readonly scalars: Readonly<Record<S, number>>;
  readonly distribution: string;
  readonly inputs: Tensors;
  readonly truths: Truths;
  /** Outputs of the frozen baseline on the same bytes; there only if the op says `needsBaseline`. */
  readonly baseline: Tensors | null;
}

/** A named stretch of a flat tensor, such as `wte` in `params`. */
export interface Part {
  readonly name: string;
  readonly offset: number;
  readonly length: number;
}

export interface Op<
  D extends string = string,
  S extends string = string,
  T extends Record<string, TensorSpec<D>> = Record<string, TensorSpec<D>>,
> {
  readonly name: string;
  readonly about: string;
  readonly dims: readonly D[];
  readonly scalars: readonly S[];
  readonly tensors: T;
  /** Timed; those without `extra` make the suite's mean. */
  readonly cases: readonly Case<D, S>[];
  /** Verified only: 0, 1, primes, ragged tails, padded strides. */
  readonly edges: readonly Case<D, S>[];
  /** A shape that nobody has seen before; the seed that it is drawn from is committed to, and revealed after the run. */
  drawCase?(rng: Rng): Case<D, S>;
  /** The same work under other scalars, and other strides where there are any: a timed shape is verified with those as well. */
  vary?(c: Case<D, S>, rng: Rng): Case<D, S>;
  /** The stable key of a case, printed, filtered and recorded: `M256N512K128`. */
  caseName(c: Case<D, S>): string;
  /** Textbook work of one call. */
  flop(dims: Readonly<Record<D, number>>): number;
  /** Ways to draw inputs; the first is the one of timed calls. */
  readonly distributions: readonly string[];
  /** The one of them, if any, on which results must be exact; timed shapes are verified on it as well. */
  readonly exact?: string;
  draw(context: DrawContext<D, S, T>): void;
  /** For ops that carry state: draws the inputs of the next call over those of the last, and leaves the state alone. */
  drawNext?(context: DrawContext<D, S, T>): void;
  /** Largest admissible |got - want| per element, by output; the algebra stands beside it in op.ts. */
  bounds(context: BoundContext<D, S>): Readonly<Record<string, Float64Array>>;
  readonly needsBaseline?: boolean;
  readonly needsText?: boolean;
  /** Tensors whose value one call hands to the next (the state of a training run); timed calls do not rewrite them. */
  readonly carries?: readonly string[];
  /** Names for stretches of a flat tensor, used in messages and in the rule that each of them must have moved. */
  parts?(tensor: string, dims: Readonly<Record<D, number>>): readonly Part[];
}

// biome-ignore lint/suspicious/noExplicitAny: an op of any dims, which the generic parameters otherwise make invariant
export type AnyOp = Op<any, any, any>;

/** Identity, for inference: an op.ts is `export default defineOp({...})`. */
export function defineOp<const D extends string, const S extends string, const T extends Record<string, TensorSpec<D>>>(
  op: Op<D, S, T>,
): Op<D, S, T> {
  return op;
}

export type DimsOf<O> = O extends Op<infer D, infer _S, infer _T> ? Readonly<Record<D, number>> : never;
export type ScalarsOf<O> = O extends Op<infer _D, infer S, infer _T> ? Readonly<Record<S, number>> : never;
export type TensorsOf<O> =
  O extends Op<infer _D, infer _S, infer T> ? { readonly [N in keyof T]: ArrayOf<T[N]['dtype']> } : never;

/** Bytes that one call moves at the least: inputs are read once, outputs written once, and `inout` is both. */
export function bytesMoved(op: AnyOp, dims: Readonly<Record<string, number>>): number {
  const tensors = Object.values<TensorSpec>(op.tensors);
  return tensors.reduce((sum, spec) => sum + (spec.role === 'inout' ? 8 : 4) * lengthOf(spec, dims), 0);
}

/** The cases with the least work first. */
export function bySize(op: AnyOp, cases: readonly Case[]): readonly Case[] {
  return [...cases].sort((a, b) => op.flop(a.dims) - op.flop(b.dims));
}

/** Elements of a tensor for the given dims. */
export function lengthOf(spec: TensorSpec, dims: Readonly<Record<string, number>>): number {
  return spec.shape(dims).reduce((product, extent) => product * extent, 1);
}
