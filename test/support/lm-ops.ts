/**
 * The forward and backward ops of a training step as pairs, and inputs for both of a pair on which the tests of their oracles
 * agree: what the backward op takes from the forward one (att, mean, rstd, probs) is the forward oracle's.
 */
import { loadOp, loadOracle } from '../../src/catalog/ops.ts';
import { type AnyOp, lengthOf, type TensorSpec, type Tensors, type Truths } from '../../src/contract/op.ts';
import type { Oracle } from '../../src/contract/oracle.ts';
import type { Rng } from '../../src/contract/rng.ts';

export type Dims = Readonly<Record<string, number>>;
/** f64 where the gradients are compared with slopes, f32 where another library computes them. */
export type Numbers = Float32Array | Float64Array;
export type Arrays = Record<string, Numbers | Int32Array>;

export interface Pair {
  readonly name: string;
  /** The output that the gradients are of. */
  readonly out: 'out' | 'losses';
  readonly dims: readonly Dims[];
}

export const pairs: readonly Pair[] = [
  {
    name: 'encoder',
    out: 'out',
    dims: [
      { B: 1, T: 1, C: 1, V: 1 },
      { B: 2, T: 5, C: 3, V: 4 },
      { B: 3, T: 4, C: 7, V: 11 },
    ],
  },
  {
    name: 'layernorm',
    out: 'out',
    dims: [
      { B: 1, T: 1, C: 3 },
      { B: 2, T: 3, C: 5 },
      { B: 3, T: 2, C: 16 },
    ],
  },
  {
    name: 'matmul',
    out: 'out',
    dims: [
      { B: 1, T: 1, C: 1, OC: 1 },
      { B: 2, T: 3, C: 5, OC: 7 },
      { B: 3, T: 2, C: 8, OC: 3 },
    ],
  },
  {
    name: 'attention',
    out: 'out',
    dims: [
      { B: 1, T: 1, C: 2, NH: 1 },
      { B: 2, T: 5, C: 9, NH: 3 },
      { B: 1, T: 7, C: 8, NH: 2 },
    ],
  },
  { name: 'gelu', out: 'out', dims: [{ N: 1 }, { N: 23 }] },
  { name: 'residual', out: 'out', dims: [{ N: 1 }, { N: 23 }] },
  {
    name: 'crossentropy_softmax',
    out: 'losses',
    dims: [
      { B: 1, T: 1, V: 2 },
      { B: 2, T: 3, V: 7 },
      { B: 1, T: 4, V: 33 },
    ],
  },
];

export const namesOf = (op: AnyOp, role: TensorSpec['role']): string[] =>
  Object.entries<TensorSpec>(op.tensors)
    .filter(([, spec]) => spec.role === role)
    .map(([name]) => name);

/** What an oracle says; it takes f64 arrays as well, which its type does not tell. */
export const truthsOf = (oracle: Oracle, dims: Dims, inputs: Arrays): Truths =>
  oracle.truths(dims, {}, inputs as unknown as Tensors);

/** Inputs of the forward op, and what was drawn beside them for the backward one. */
export interface Drawn {
  readonly forward: Arrays;
  readonly backward: Arrays;
  /** Inputs that have a gradient: f32, and `d<name>` is an output of the backward op. */
  readonly differentiable: readonly string[];
}

export async function loadPair({ name }: Pair) {
  const load = async (op: string) => ({ op: await loadOp(op), oracle: await loadOracle(op) });
  return { forward: await load(`${name}_forward`), backward: await load(`${name}_backward`) };
}

export type LoadedPair = Awaited<ReturnType<typeof loadPair>>;

export function draw(
  { forward, backward }: LoadedPair,
  dims: Dims,
  rng: Rng,
  numbers: (length: number) => Numbers,
): Drawn {
  const normal = (spec: TensorSpec) => numbers(lengthOf(spec, dims)).map(() => rng.normal());
  const inputs: Arrays = {};
  for (const name of namesOf(forward.op, 'in')) {
    const spec = forward.op.tensors[name] as TensorSpec;
    const ids = () => new Int32Array(lengthOf(spec, dims)).map(() => rng.int(0, dims.V - 1));
    inputs[name] = spec.dtype === 'i32' ? ids() : normal(spec);
  }
  const made = truthsOf(forward.oracle, dims, inputs);
  const given: Arrays = {};
  for (const [name, spec] of Object.entries<TensorSpec>(backward.op.tensors)) {
    const known = inputs[name] ?? (made[name] && numbers(made[name].want.length).map((_, i) => made[name].want[i]));
    // Else a gradient: of the output, or one that is added to.
    given[name] = known ?? normal(spec);
  }
  const differentiable = namesOf(backward.op, 'inout').map((name) => name.slice(1));
  return { forward: inputs, backward: given, differentiable };
}

/** What the backward oracle adds to the gradient of an input. */
export function added({ backward }: LoadedPair, dims: Dims, given: Arrays, input: string): Float64Array {
  const before = given[`d${input}`];
  return truthsOf(backward.oracle, dims, given)[`d${input}`].want.map((after, i) => after - before[i]);
}
