/** `nfold/contract`: what an op, an oracle, a candidate and a generator are written against. */
export type { Arena, CacheBytes, Candidate, Generator, Parameters } from './candidate.ts';
export { allowedFlags, revectorize } from './candidate.ts';
export type {
  AnyOp,
  ArrayOf,
  BoundContext,
  Case,
  DimsOf,
  DrawContext,
  Dtype,
  Op,
  Part,
  Role,
  ScalarsOf,
  TensorSpec,
  Tensors,
  TensorsOf,
  Truth,
  Truths,
  TypedArray,
} from './op.ts';
export { defineOp } from './op.ts';
export type { Oracle } from './oracle.ts';
export type { Rng, Seed } from './random.ts';
