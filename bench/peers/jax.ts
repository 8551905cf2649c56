/**
 * What jax-js does at a case, on arrays in the library's own memory. Work waits until somebody reads a result: a timed call reads one, which
 * makes all that one jit has traced.
 */
import { type Array as JaxArray, jit, numpy as np, tree } from '@jax-js/jax';
import type op from '../../baselines/train_gpt2/op.ts';
import type { DimsOf, ScalarsOf, TypedArray } from '../../src/contract/op.ts';
import type { Peer } from '../../src/contract/peer.ts';
import { type Step, trainingStep } from './gpt2-jax.ts';
import { type Piece, piecesOf } from './pieces.ts';

type Bind = Peer['bind'];

export const bindJax: Bind = (op, ...rest) =>
  op === 'train_gpt2' ? bindTraining(op, ...rest) : bindSgemm(op, ...rest);

/** A copy, since the library must not see the shared arena. */
const copied = (values: TypedArray, shape: number[]): JaxArray =>
  np.array(values instanceof Float32Array ? Float32Array.from(values) : Int32Array.from(values), { shape });

/** Timed cases only: jax-js has no alpha and beta, and no strides. */
const bindSgemm: Bind = async (_op, d, _scalars, { A, B, C }) => {
  const product = jit((a: JaxArray, b: JaxArray) =>
    np.matmul(d.transA ? a.transpose() : a, d.transB ? b.transpose() : b),
  );
  let a: JaxArray;
  let b: JaxArray;
  let c: TypedArray;
  return {
    load() {
      a = copied(A, d.transA ? [d.K, d.M] : [d.M, d.K]);
      b = copied(B, d.transB ? [d.N, d.K] : [d.K, d.N]);
    },
    run() {
      c = product(a, b).dataSync() as Float32Array;
    },
    store: () => C.set(c),
  };
};

const bindTraining: Bind = async (_op, d, s, tensors) => {
  const [dims, scalars] = [d as DimsOf<typeof op>, s as ScalarsOf<typeof op>];
  const pieces = piecesOf(dims);
  const names = ['params', 'm', 'v'] as const;
  const flat = (name: string) => tensors[name] as Float32Array;
  const arrays = (name: string) =>
    pieces.map(({ offset, length, shape }) => copied(flat(name).subarray(offset, offset + length), shape));
  const step = jit(trainingStep(dims, scalars, pieces));
  let given: Parameters<typeof step>;
  let result: Step | null = null;
  let loss: Float32Array;
  return {
    load() {
      tree.dispose(result);
      result = null;
      const [t] = tensors.step;
      const corrections = Float32Array.of(1 - scalars.beta1 ** t, 1 - scalars.beta2 ** t);
      const state = { params: arrays('params'), m: arrays('m'), v: arrays('v') };
      given = [
        state,
        copied(tensors.tokens, [dims.B * dims.T]),
        copied(tensors.targets, [dims.B * dims.T]),
        copied(corrections, [2]),
      ];
    },
    run() {
      result = step(...given);
      loss = result.loss.ref.dataSync() as Float32Array;
    },
    store() {
      for (const name of names) flatten(pieces, (result as Step)[name], flat(name));
      tensors.loss.set(loss);
    },
  };
};

function flatten(pieces: readonly Piece[], arrays: readonly JaxArray[], flat: Float32Array): void {
  for (const [i, { offset }] of pieces.entries()) flat.set(arrays[i].ref.dataSync() as Float32Array, offset);
}
