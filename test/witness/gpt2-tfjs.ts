/** One step of train_gpt2 by tfjs on its plain JavaScript backend: an oracle's witness, and the same code that is timed as a peer. */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import '@tensorflow/tfjs-backend-cpu';
import type op from '../../baselines/train_gpt2/op.ts';
import { flatten, trainingStep as stepOf, tensorsOf } from '../../bench/peers/gpt2.ts';
import { piecesOf } from '../../bench/peers/pieces.ts';
import type { DimsOf, ScalarsOf, TensorsOf } from '../../src/contract/op.ts';

/** All of one step, each flat array in the layout of params. */
export interface Step {
  readonly loss: number;
  readonly gradients: Float32Array;
  readonly params: Float32Array;
  readonly m: Float32Array;
  readonly v: Float32Array;
}

export async function trainingStep(
  dims: DimsOf<typeof op>,
  scalars: ScalarsOf<typeof op>,
  inputs: TensorsOf<typeof op>,
): Promise<Step> {
  // Production mode: no advertisement of its native package on the console.
  tf.enableProdMode();
  await tf.setBackend('cpu');
  return tf.tidy(() => {
    const pieces = piecesOf(dims);
    const made = (flat: Float32Array) => tensorsOf(pieces, flat);
    const state = { params: made(inputs.params), m: made(inputs.m), v: made(inputs.v) };
    const ids = (values: Int32Array) => tf.tensor1d(values, 'int32');
    const batch = { tokens: ids(inputs.tokens), targets: ids(inputs.targets), step: inputs.step[0] };
    const step = stepOf(dims, scalars, pieces, state, batch);
    const flat = (tensors: readonly tf.Tensor[]) => {
      const values = new Float32Array(inputs.params.length);
      flatten(pieces, tensors, values);
      return values;
    };
    return {
      loss: step.loss.dataSync()[0],
      gradients: flat(step.gradients),
      params: flat(step.params),
      m: flat(step.m),
      v: flat(step.v),
    };
  });
}
