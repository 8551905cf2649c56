/**
 * An op: what to compute, on which shapes, and how near to the truth a result must be. Dims, scalars and tensors are bound by name at the type
 * level, so a candidate that asks for a dim that the op does not have, or treats an i32 tensor as f32, does not compile.
 */
import type { Rng } from './random.ts';

/** Element types, 4 bytes each. */
export type Dtype = 'f32' | 'i32';

/** `in` must come back bit-identical, `out` holds NaN before each call, `inout` is read and overwritten. */
export type Role = 'in' | 'out' | 'inout';

/** The array that holds elements of this type. */
export type ArrayOf<T extends Dtype> = T extends 'f32' ? Float32Array : Int32Array;
/** Elements of either type. */
export type TypedArray = Float32Array | Int32Array;

/** One tensor of an op. */
export interface TensorSpec<D extends string = string> {
  readonly dtype: Dtype;
  readonly role: Role;
  /** Extents, row-major, outermost first. A tensor with a zero extent has no bytes but still has an address. */
  readonly shape: (dims: Readonly<Record<D, number>>) => readonly number[];
}

/** One set of sizes. */
export interface Case<D extends string = string, S extends string = string> {
  /** Integers, 0 included. */
  readonly dims: Readonly<Record<D, number>>;
  /** Rounded to f32 before the call. */
  readonly scalars: Readonly<Record<S, number>>;
  /** Whether only `--thorough` times it, outside of the headline mean. Default: false. */
  readonly extra?: boolean;
}

/** Flat arrays by tensor name, each with the elements of its shape in row-major order. */
export type Tensors = Readonly<Record<string, TypedArray>>;

/** The truth of one output, element by element in f64. */
export interface Truth {
  readonly want: Float64Array;
  /** The sum of the absolute values of the terms that each element sums up, for ops whose bounds need it. */
  readonly scale?: Float64Array;
  /** What inputs that are off by a rounding each would give, for ops whose bounds need to know how well conditioned a result is. */
  readonly shaken?: readonly Float64Array[];
}

/** Truths by the name of the output. */
export type Truths = Readonly<Record<string, Truth>>;

/** The arguments of `draw`: tensors to fill, and the source of what fills them. */
export interface DrawContext<D extends string, S extends string, T> {
  readonly dims: Readonly<Record<D, number>>;
  readonly scalars: Readonly<Record<S, number>>;
  /** Views to fill, outputs too, but NaN replaces what `draw` writes to those. */
  readonly tensors: { readonly [N in keyof T]: T[N] extends { dtype: infer K extends Dtype } ? ArrayOf<K> : never };
  /** All randomness comes from it, so that a seed repeats the inputs. */
  readonly rng: Rng;
  /** One of the op's distributions. */
  readonly distribution: string;
  /** Bytes of a real text, for ops that declare `needsText`; empty otherwise. */
  readonly text: Uint8Array;
  /** Whether to hide rows and columns with exact results among the ordinary ones, if the op can. Default: false. */
  readonly canaries?: boolean;
}

/** The facts of one call that its bounds derive from. */
export interface BoundContext<D extends string = string, S extends string = string> {
  readonly dims: Readonly<Record<D, number>>;
  readonly scalars: Readonly<Record<S, number>>;
  /** The distribution that the inputs were drawn from. */
  readonly distribution: string;
  /** All tensors as they are before the call. */
  readonly inputs: Tensors;
  /** What the oracle returned for this call. */
  readonly truths: Truths;
  /** Outputs of the frozen baseline on the same bytes; null unless the op says `needsBaseline`. */
  readonly baseline: Tensors | null;
}

/** A named stretch of a flat tensor, such as `wte` in `params`; offset and length in elements. */
export interface Part {
  readonly name: string;
  readonly offset: number;
  readonly length: number;
}

/** The contract of an op: the default export of `baselines/<op>/op.ts`, by `defineOp`. */
export interface Op<
  D extends string = string,
  S extends string = string,
  T extends Record<string, TensorSpec<D>> = Record<string, TensorSpec<D>>,
> {
  /** The name of its folder. */
  readonly name: string;
  /** The computation, in one line. */
  readonly about: string;
  /** Names of sizes, in the order in which `run` takes them as i32. */
  readonly dims: readonly D[];
  /** Names of further numbers, in the order in which `run` takes them as f32. */
  readonly scalars: readonly S[];
  /** Tensors by name, in the order in which `run` takes their pointers. */
  readonly tensors: T;
  /** The timed cases; those without `extra` make the suite's mean. */
  readonly cases: readonly Case<D, S>[];
  /** Cases that are only verified: 0, 1, primes, ragged tails, padded strides. */
  readonly edges: readonly Case<D, S>[];
  /** Classes of drawn shapes, of each of which a run draws one. Default: six times `any`. */
  readonly sizeClasses?: readonly string[];
  /** A shape of a class that no kernel can know before the run, drawn from the committed seed. */
  drawCase?(rng: Rng, sizeClass: string): Case<D, S>;
  /** The same work under other scalars and, if it has any, other strides: drawn and timed shapes are verified under each of these too. */
  vary?(c: Case<D, S>, rng: Rng): readonly Case<D, S>[];
  /** The key of a case, such as `M256N512K128`, which is printed, filtered by and recorded, and so never changes. */
  caseName(c: Case<D, S>): string;
  /** Textbook work of one call, in flop: a multiply-add is two. */
  flop(dims: Readonly<Record<D, number>>): number;
  /** Names of the ways to draw inputs; timed calls use the first. */
  readonly distributions: readonly string[];
  /** The distribution, if there is one, on which results must be exact; timed shapes are verified on it too. */
  readonly exact?: string;
  /** Fills the tensors with the inputs of one call. */
  draw(context: DrawContext<D, S, T>): void;
  /** For ops that carry state, see `carries`: draws the inputs of the next call over those of the last, but no new state. */
  drawNext?(context: DrawContext<D, S, T>): void;
  /** Largest admissible |got - want| of each element, by output; the head of op.ts derives it. A bound of 0 asks for the exact value. */
  bounds(context: BoundContext<D, S>): Readonly<Record<string, Float64Array>>;
  /** Whether bounds derive from the outputs of the baseline. Default: false. */
  readonly needsBaseline?: boolean;
  /** Whether inputs are cut from a text. Default: false. */
  readonly needsText?: boolean;
  /** Tensors whose value one call hands to the next, as the state of a training run; nfold does not rewrite them between timed calls. */
  readonly carries?: readonly string[];
  /** The parts of a flat tensor, in order, for messages and for the rule that each part must change. */
  parts?(tensor: string, dims: Readonly<Record<D, number>>): readonly Part[];
}

/** An op of any dims, scalars and tensors. */
// biome-ignore lint/suspicious/noExplicitAny: the generic parameters are invariant
export type AnyOp = Op<any, any, any>;

/** Returns the op as it is, typed by its literals: `op.ts` is `export default defineOp({ … })`. */
export function defineOp<const D extends string, const S extends string, const T extends Record<string, TensorSpec<D>>>(
  op: Op<D, S, T>,
): Op<D, S, T> {
  return op;
}

/** The sizes of an op, by name. */
export type DimsOf<O> = O extends Op<infer D, infer _S, infer _T> ? Readonly<Record<D, number>> : never;

/** The scalars of an op, by name. */
export type ScalarsOf<O> = O extends Op<infer _D, infer S, infer _T> ? Readonly<Record<S, number>> : never;

/** The tensors of an op as flat arrays, by name. */
export type TensorsOf<O> =
  O extends Op<infer _D, infer _S, infer T> ? { readonly [N in keyof T]: ArrayOf<T[N]['dtype']> } : never;

/** Minimum number of bytes that one call moves: inputs are read once, outputs are written once, `inout` both. */
export function bytesMoved(op: AnyOp, dims: Readonly<Record<string, number>>): number {
  const tensors = Object.values<TensorSpec>(op.tensors);
  return tensors.reduce((sum, spec) => sum + (spec.role === 'inout' ? 8 : 4) * lengthOf(spec, dims), 0);
}

/** The cases in the order of their flop, the smallest first. */
export const bySize = (op: AnyOp, cases: readonly Case[]): readonly Case[] =>
  cases.toSorted((a, b) => op.flop(a.dims) - op.flop(b.dims));

/** Number of elements of a tensor at these dims. */
export function lengthOf(spec: TensorSpec, dims: Readonly<Record<string, number>>): number {
  return spec.shape(dims).reduce((product, extent) => product * extent, 1);
}
