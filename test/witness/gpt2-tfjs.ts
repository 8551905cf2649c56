/**
 * The training step of train_gpt2 in another library's words: tfjs computes the model in f32 and differentiates it by
 * itself, so that it shares neither formulas nor code with the oracle.
 *
 * Shapes   parameters by name, each a tensor whose first axis is the layer where there is one; x (B,T,C).
 * Needs    tfjs' gradients and chained operators, which its entry point for Node leaves out: ES modules that only a
 *          bundler (here vitest) resolves.
 */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import '@tensorflow/tfjs-backend-cpu';
import { parameterParts } from '../../baselines/train_gpt2/layout.ts';
import type op from '../../baselines/train_gpt2/op.ts';
import type { DimsOf, ScalarsOf, TensorsOf } from '../../src/contract/op.ts';

type Dims = DimsOf<typeof op>;
type Weights = Record<string, tf.Tensor>;

/** All of one step, each flat array in the layout of params. */
export interface Step {
  readonly loss: number;
  readonly gradients: Float32Array;
  readonly params: Float32Array;
  readonly m: Float32Array;
  readonly v: Float32Array;
}

export async function trainingStep(dims: Dims, s: ScalarsOf<typeof op>, inputs: TensorsOf<typeof op>): Promise<Step> {
  // Production mode: no advertisement of its native package on the console.
  tf.enableProdMode();
  await tf.setBackend('cpu');
  return tf.tidy(() => {
    const parts = parameterParts(dims);
    const weights = parts.map(({ name, offset, length }) =>
      tf.tensor(inputs.params.slice(offset, offset + length), shapeOf(name, dims)),
    );
    const model = (...given: tf.Tensor[]) =>
      meanLoss(dims, Object.fromEntries(given.map((w, i) => [parts[i].name, w])), inputs.tokens, inputs.targets);
    const { value, grads } = tf.valueAndGrads(model)(weights);

    const g = tf.concat(grads.map((grad) => grad.flatten()));
    const p = tf.tensor1d(inputs.params);
    const t = inputs.step[0];
    const m = tf
      .tensor1d(inputs.m)
      .mul(s.beta1)
      .add(g.mul(1 - s.beta1));
    const v = tf
      .tensor1d(inputs.v)
      .mul(s.beta2)
      .add(g.square().mul(1 - s.beta2));
    const adam = m.div(1 - s.beta1 ** t).div(
      v
        .div(1 - s.beta2 ** t)
        .sqrt()
        .add(s.eps),
    );
    const params = p.sub(adam.add(p.mul(s.weight_decay)).mul(s.learning_rate));
    const data = (tensor: tf.Tensor) => tensor.dataSync() as Float32Array;
    return { loss: data(value)[0], gradients: data(g), params: data(params), m: data(m), v: data(v) };
  });
}

function shapeOf(name: string, { T, L, C, V }: Dims): number[] {
  const shapes: Record<string, number[]> = {
    wte: [V, C],
    wpe: [T, C],
    qkvw: [L, 3 * C, C],
    qkvb: [L, 3 * C],
    attprojw: [L, C, C],
    fcw: [L, 4 * C, C],
    fcb: [L, 4 * C],
    fcprojw: [L, C, 4 * C],
    lnfw: [C],
    lnfb: [C],
  };
  return shapes[name] ?? [L, C];
}

function meanLoss(dims: Dims, w: Weights, tokens: Int32Array, targets: Int32Array): tf.Scalar {
  const { B, T, L, C, V } = dims;
  let x = tf.gather(w.wte, tf.tensor2d(tokens, [B, T], 'int32')).add(w.wpe);
  for (let l = 0; l < L; l++) {
    const at = (name: string) => tf.gather(w[name], l);
    const dense = (input: tf.Tensor, name: string) =>
      tf
        .matMul(input.reshape([B * T, -1]), at(`${name}w`), false, true)
        .add(at(`${name}b`))
        .reshape([B, T, -1]);
    const y = attention(dims, dense(layerNorm(x, at('ln1w'), at('ln1b')), 'qkv'));
    x = x.add(dense(y, 'attproj'));
    x = x.add(dense(gelu(dense(layerNorm(x, at('ln2w'), at('ln2b')), 'fc')), 'fcproj'));
  }
  const logits = tf.matMul(layerNorm(x, w.lnfw, w.lnfb).reshape([B * T, C]), w.wte, false, true);
  return tf.losses.softmaxCrossEntropy(tf.oneHot(targets, V), logits);
}

function layerNorm(x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  const { mean, variance } = tf.moments(x, -1, true);
  return x.sub(mean).div(variance.add(1e-5).sqrt()).mul(weight).add(bias);
}

function attention({ B, T, C, NH }: Dims, qkv: tf.Tensor): tf.Tensor {
  const heads = tf.split(qkv, 3, 2).map((x) => x.reshape([B, T, NH, C / NH]).transpose([0, 2, 1, 3]));
  const [q, k, v] = heads as [tf.Tensor, tf.Tensor, tf.Tensor];
  const future = tf.range(0, T).expandDims(0).greater(tf.range(0, T).expandDims(1));
  const scores = tf
    .matMul(q, k, false, true)
    .div(Math.sqrt(C / NH))
    .add(future.mul(-1e9));
  return tf.matMul(tf.softmax(scores), v).transpose([0, 2, 1, 3]).reshape([B, T, C]);
}

function gelu(x: tf.Tensor): tf.Tensor {
  const inner = x.add(x.pow(3).mul(0.044715)).mul(Math.sqrt(2 / Math.PI));
  return x.mul(0.5).mul(inner.tanh().add(1));
}
