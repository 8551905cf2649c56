/**
 * The ops of a training step in another library's words: tfjs computes the forward ops in f32 and differentiates them by
 * itself, so that it shares neither formulas nor code with the oracles.
 *
 * Shapes   tensors by name, in the shapes of the op; the outputs of a forward op likewise.
 * Needs    tfjs' gradients and chained operators, which its entry point for Node leaves out: ES modules that only a
 *          bundler (here vitest) resolves.
 */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import '@tensorflow/tfjs-backend-cpu';
import type { AnyOp, TensorSpec } from '../../src/contract/op.ts';

type Dims = Readonly<Record<string, number>>;
type Named = Record<string, tf.Tensor>;
export type Values = Readonly<Record<string, Float32Array | Int32Array>>;
type Results = Record<string, Float32Array>;

/** Every output of a forward op, by the op's name without `_forward`. */
const forwards: Readonly<Record<string, (inputs: Named, dims: Dims) => Named>> = {
  encoder: ({ inp, wte, wpe }) => ({ out: tf.gather(wte, inp as tf.Tensor2D).add(wpe) }),

  layernorm({ inp, weight, bias }) {
    const { mean, variance } = tf.moments(inp, -1, true);
    const rstd = variance.add(1e-5).rsqrt();
    const out = inp.sub(mean).mul(rstd).mul(weight).add(bias);
    return { out, mean: mean.squeeze([-1]), rstd: rstd.squeeze([-1]) };
  },

  matmul({ inp, weight, bias }, { B, T, C, OC }) {
    const out = tf.matMul(inp.reshape([B * T, C]), weight, false, true).add(bias);
    return { out: out.reshape([B, T, OC]) };
  },

  attention({ inp }, { B, T, C, NH }) {
    const heads = tf.split(inp, 3, 2).map((x) => x.reshape([B, T, NH, C / NH]).transpose([0, 2, 1, 3]));
    const [query, key, value] = heads;
    const future = tf.range(0, T).expandDims(0).greater(tf.range(0, T).expandDims(1));
    const scores = tf.matMul(query, key, false, true).div(Math.sqrt(C / NH));
    const att = tf.softmax(scores.add(future.mul(-1e9)));
    const out = tf.matMul(att, value).transpose([0, 2, 1, 3]).reshape([B, T, C]);
    return { out, att };
  },

  gelu({ inp }) {
    const inner = inp.add(inp.pow(3).mul(0.044715)).mul(Math.sqrt(2 / Math.PI));
    return { out: inp.mul(0.5).mul(inner.tanh().add(1)) };
  },

  residual: ({ inp1, inp2 }) => ({ out: inp1.add(inp2) }),

  crossentropy_softmax({ logits, targets }, { B, T, V }) {
    const rows = logits.reshape([B * T, V]);
    const onehot = tf.oneHot(targets.reshape([B * T]) as tf.Tensor1D, V);
    const losses = tf.losses.softmaxCrossEntropy(onehot, rows, undefined, undefined, tf.Reduction.NONE);
    return { losses: losses.reshape([B, T]), probs: tf.softmax(logits) };
  },
};

async function ready(): Promise<void> {
  // Production mode: no advertisement of its native package on the console.
  tf.enableProdMode();
  await tf.setBackend('cpu');
}

function tensorsOf(op: AnyOp, dims: Dims, values: Values): Named {
  const named = Object.entries(values).map(([name, data]) => {
    const { dtype, shape } = op.tensors[name] as TensorSpec;
    return [name, tf.tensor(data, [...shape(dims)], dtype === 'i32' ? 'int32' : 'float32')];
  });
  return Object.fromEntries(named);
}

/** Copies, for the tensor's own memory goes with the tidy. */
function data(tensors: Named): Results {
  return Object.fromEntries(Object.entries(tensors).map(([name, x]) => [name, x.dataSync().slice() as Float32Array]));
}

export async function forward(name: string, op: AnyOp, dims: Dims, inputs: Values): Promise<Results> {
  await ready();
  return tf.tidy(() => data(forwards[name](tensorsOf(op, dims, inputs), dims)));
}

/** Gradients of sum(out dout) with respect to the inputs that are asked for, found by tfjs; `op` is the forward op. */
export async function gradients(
  name: string,
  op: AnyOp,
  dims: Dims,
  inputs: Values,
  out: string,
  dout: Float32Array,
  wanted: readonly string[],
): Promise<Results> {
  await ready();
  return tf.tidy(() => {
    const tensors = tensorsOf(op, dims, inputs);
    const weights = tf.tensor(dout, [...(op.tensors[out] as TensorSpec).shape(dims)]);
    const sum = (...given: tf.Tensor[]) => {
      const own = Object.fromEntries(wanted.map((input, i) => [input, given[i]]));
      return forwards[name]({ ...tensors, ...own }, dims)
        [out].mul(weights)
        .sum();
    };
    const found = tf.grads(sum)(wanted.map((input) => tensors[input]));
    return data(Object.fromEntries(wanted.map((input, i) => [input, found[i]])));
  });
}

export interface Moments {
  readonly params: Float32Array;
  readonly m: Float32Array;
  readonly v: Float32Array;
}

/** What tf.train.adam makes of params and no moments, after each of the gradients. */
export async function adam(
  params: Float32Array,
  grads: readonly Float32Array[],
  s: { readonly learning_rate: number; readonly beta1: number; readonly beta2: number; readonly eps: number },
): Promise<Moments[]> {
  await ready();
  const variable = tf.variable(tf.tensor1d(params), true, 'params');
  const optimizer = tf.train.adam(s.learning_rate, s.beta1, s.beta2, s.eps);
  const states: Moments[] = [];
  for (const grad of grads) {
    optimizer.applyGradients([{ name: 'params', tensor: tf.tensor1d(grad) }]);
    const [, m, v] = (await optimizer.getWeights()).map(({ tensor }) => tensor.dataSync().slice() as Float32Array);
    states.push({ params: variable.dataSync().slice() as Float32Array, m, v });
  }
  variable.dispose();
  optimizer.dispose();
  return states;
}
