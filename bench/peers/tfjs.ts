/** What tfjs does under every backend, on tensors that are already in the library's own memory: copies of those in the arena. */
import * as tf from '@tensorflow/tfjs-core';
import type op from '../../baselines/train_gpt2/op.ts';
import type { DimsOf, ScalarsOf } from '../../src/contract/op.ts';
import type { BoundPeer, Peer } from '../../src/contract/peer.ts';
import { flatten, type Step, tensorsOf, trainingStep } from './gpt2.ts';
import { piecesOf } from './pieces.ts';
import { registerGradients } from './tfjs-modules.ts';

type Bind = Peer['bind'];

/** Once a backend is set. */
export const bindTfjs: Bind = (op, ...rest) =>
  op === 'train_gpt2' ? bindTraining(op, ...rest) : bindSgemm(op, ...rest);

/** Timed cases only: tf.matMul knows neither strides nor alpha and beta. */
const bindSgemm: Bind = async (_op, d, _scalars, { A, B, C }) => {
  let a: tf.Tensor2D | null = null;
  let b: tf.Tensor2D | null = null;
  let c: tf.Tensor | null = null;
  return {
    load() {
      for (const tensor of [a, b, c]) tensor?.dispose();
      a = tf.tensor2d(Float32Array.from(A), d.transA ? [d.K, d.M] : [d.M, d.K]);
      b = tf.tensor2d(Float32Array.from(B), d.transB ? [d.N, d.K] : [d.K, d.N]);
      c = null;
    },
    run() {
      c = tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D, d.transA === 1, d.transB === 1);
    },
    store: () => C.set((c as tf.Tensor).dataSync()),
  };
};

let registered: Promise<void> | null = null;

const bindTraining: Bind = async (_op, d, s, tensors): Promise<BoundPeer> => {
  registered ??= registerGradients();
  await registered;
  const [dims, scalars] = [d as DimsOf<typeof op>, s as ScalarsOf<typeof op>];
  const pieces = piecesOf(dims);
  const flat = (name: string) => tensors[name] as Float32Array;
  const names = ['params', 'm', 'v'] as const;
  const made = (name: string) => tensorsOf(pieces, flat(name));
  const ids = (name: string) => tf.tensor1d(Int32Array.from(tensors[name]), 'int32');
  const given = () => ({
    state: { params: made('params'), m: made('m'), v: made('v') },
    batch: { tokens: ids('tokens'), targets: ids('targets'), step: tensors.step[0] },
  });
  let inputs: ReturnType<typeof given> | null = null;
  let result: Step | null = null;
  return {
    load() {
      tf.dispose([inputs, result] as never);
      inputs = given();
      result = null;
    },
    run() {
      const { state, batch } = inputs as ReturnType<typeof given>;
      result = tf.tidy(() => ({ ...trainingStep(dims, scalars, pieces, state, batch) }) as never);
    },
    store() {
      const step = result as unknown as Step;
      for (const name of names) flatten(pieces, step[name], flat(name));
      tensors.loss.set(step.loss.dataSync());
    },
  };
};
