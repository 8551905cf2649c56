/**
 * The training step of train_gpt2 in another library's words: tfjs computes the model in f32 and differentiates it by itself, so
 * that it shares neither formulas nor code with baseline and oracle. It is a peer to beat, and a witness in the tests.
 *
 * Shapes   a parameter is a tensor of its own, each layer's apart; x (B,T,C).
 * Needs    a backend, tfjs' gradients and its chained operators, which the module that imports this has registered.
 * Tried    tf.gather for the embedding: its gradient needs a kernel that the WebAssembly backend lacks. A product with one-hot
 *          rows does the same sums, and V = 256 keeps it small.
 */
import * as tf from '@tensorflow/tfjs-core';
import type {} from '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';
import type op from '../../baselines/train_gpt2/op.ts';
import type { DimsOf, ScalarsOf } from '../../src/contract/op.ts';
import type { Piece } from './pieces.ts';

type Dims = DimsOf<typeof op>;
type Weights = ReadonlyMap<string, tf.Tensor>;

/** One array of the op, such as params, as tensors. */
export const tensorsOf = (pieces: readonly Piece[], flat: Float32Array): tf.Tensor[] =>
  pieces.map(({ offset, length, shape }) => tf.tensor(flat.slice(offset, offset + length), shape));

export function flatten(pieces: readonly Piece[], tensors: readonly tf.Tensor[], flat: Float32Array): void {
  for (const [i, { offset }] of pieces.entries()) flat.set(tensors[i].dataSync() as Float32Array, offset);
}

export interface State {
  readonly params: readonly tf.Tensor[];
  readonly m: readonly tf.Tensor[];
  readonly v: readonly tf.Tensor[];
}

export interface Batch {
  /** (B*T) i32 */
  readonly tokens: tf.Tensor1D;
  readonly targets: tf.Tensor1D;
  readonly step: number;
}

export interface Step extends State {
  readonly loss: tf.Tensor;
  readonly gradients: readonly tf.Tensor[];
}

/** Forward, backward, AdamW. All that it returns is the caller's to dispose of. */
export function trainingStep(
  dims: Dims,
  s: ScalarsOf<typeof op>,
  pieces: readonly Piece[],
  state: State,
  batch: Batch,
): Step {
  const model = (...given: tf.Tensor[]) =>
    meanLoss(dims, new Map(given.map((w, i) => [pieces[i].key, w])), batch.tokens, batch.targets);
  const { value: loss, grads: gradients } = tf.valueAndGrads(model)([...state.params]);
  const m = state.m.map((old, i) => old.mul(s.beta1).add(gradients[i].mul(1 - s.beta1)));
  const v = state.v.map((old, i) => old.mul(s.beta2).add(gradients[i].square().mul(1 - s.beta2)));
  const [correct1, correct2] = [1 - s.beta1 ** batch.step, 1 - s.beta2 ** batch.step];
  const params = state.params.map((p, i) => {
    const adam = m[i].div(correct1).div(v[i].div(correct2).sqrt().add(s.eps));
    return p.sub(adam.add(p.mul(s.weight_decay)).mul(s.learning_rate));
  });
  return { loss, gradients, params, m, v };
}

function meanLoss(dims: Dims, weights: Weights, tokens: tf.Tensor1D, targets: tf.Tensor1D): tf.Scalar {
  const { B, T, L, C, V } = dims;
  const get = (key: string) => weights.get(key) as tf.Tensor;
  // Cast after the fact: the WebAssembly backend writes integers, whatever type it is asked for.
  const oneHot = (ids: tf.Tensor1D) => tf.oneHot(ids, V).cast('float32');
  const wte = get('wte');
  let x: tf.Tensor = tf.matMul(oneHot(tokens), wte).reshape([B, T, C]).add(get('wpe'));
  for (let l = 0; l < L; l++) {
    const at = (name: string) => get(`${name} ${l}`);
    const dense = (input: tf.Tensor, name: string) =>
      tf
        .matMul(input.reshape([B * T, -1]), at(`${name}w`), false, true)
        .add(at(`${name}b`))
        .reshape([B, T, -1]);
    const y = attention(dims, dense(layerNorm(x, at('ln1w'), at('ln1b')), 'qkv'));
    x = x.add(dense(y, 'attproj'));
    x = x.add(dense(gelu(dense(layerNorm(x, at('ln2w'), at('ln2b')), 'fc')), 'fcproj'));
  }
  const logits = tf.matMul(layerNorm(x, get('lnfw'), get('lnfb')).reshape([B * T, C]), wte, false, true);
  return tf.losses.softmaxCrossEntropy(oneHot(targets), logits);
}

function layerNorm(x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  const { mean, variance } = tf.moments(x, -1, true);
  return x.sub(mean).div(variance.add(1e-5).sqrt()).mul(weight).add(bias);
}

function attention({ B, T, C, NH }: Dims, qkv: tf.Tensor): tf.Tensor {
  const heads = tf.split(qkv, 3, 2).map((x) => x.reshape([B, T, NH, C / NH]).transpose([0, 2, 1, 3]));
  const [q, k, v] = heads as [tf.Tensor, tf.Tensor, tf.Tensor];
  const future = Float32Array.from({ length: T * T }, (_, i) => (i % T > Math.floor(i / T) ? -1e9 : 0));
  const scores = tf
    .matMul(q, k, false, true)
    .div(Math.sqrt(C / NH))
    .add(tf.tensor2d(future, [T, T]));
  return tf.matMul(tf.softmax(scores), v).transpose([0, 2, 1, 3]).reshape([B, T, C]);
}

function gelu(x: tf.Tensor): tf.Tensor {
  const inner = x.add(x.mul(x).mul(x).mul(0.044715)).mul(Math.sqrt(2 / Math.PI));
  return x.mul(0.5).mul(inner.tanh().add(1));
}
