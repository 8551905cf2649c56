/**
 * The training step of train_gpt2 in jax-js' words, to be traced by its `jit`. A function uses up each array that it is given; who needs one
 * again gives away its `ref`.
 *
 * Shapes   as in gpt2.ts, with which it shares its pieces.
 */
import { type Array as JaxArray, nn, numpy as np, valueAndGrad } from '@jax-js/jax';
import type op from '../../baselines/train_gpt2/op.ts';
import type { DimsOf, ScalarsOf } from '../../src/contract/op.ts';
import type { Piece } from './pieces.ts';

type Dims = DimsOf<typeof op>;

// jax-js takes trees of arrays by type aliases only.
export type State = { params: JaxArray[]; m: JaxArray[]; v: JaxArray[] };
export type Step = State & { loss: JaxArray };

/** Forward, backward, AdamW. `corrections`: 1 - beta1^t and 1 - beta2^t. */
export const trainingStep =
  (dims: Dims, s: ScalarsOf<typeof op>, pieces: readonly Piece[]) =>
  ({ params, m, v }: State, tokens: JaxArray, targets: JaxArray, corrections: JaxArray): Step => {
    const model = (weights: JaxArray[], ids: JaxArray, wanted: JaxArray) =>
      meanLoss(dims, new Map(weights.map((w, i) => [pieces[i].key, w])), ids, wanted);
    const [loss, gradients] = valueAndGrad(model)(
      params.map((p) => p.ref),
      tokens,
      targets,
    );
    const [correct1, correct2] = np.split(corrections, 2);
    const next: Step = { loss, params: [], m: [], v: [] };
    for (const [i, g] of gradients.entries()) {
      const m1 = m[i].mul(s.beta1).add(g.ref.mul(1 - s.beta1));
      const v1 = v[i].mul(s.beta2).add(np.square(g).mul(1 - s.beta2));
      const adam = m1.ref.div(correct1.ref).div(np.sqrt(v1.ref.div(correct2.ref)).add(s.eps));
      next.params.push(params[i].ref.sub(adam.add(params[i].mul(s.weight_decay)).mul(s.learning_rate)));
      next.m.push(m1);
      next.v.push(v1);
    }
    correct1.dispose();
    correct2.dispose();
    return next;
  };

function meanLoss(dims: Dims, weights: ReadonlyMap<string, JaxArray>, tokens: JaxArray, targets: JaxArray): JaxArray {
  const { B, T, L, C, V } = dims;
  const get = (key: string) => weights.get(key) as JaxArray;
  const wte = get('wte');
  let x = np.matmul(nn.oneHot(tokens, V), wte.ref).reshape([B, T, C]).add(get('wpe'));
  for (let l = 0; l < L; l++) {
    const at = (name: string) => get(`${name} ${l}`);
    const dense = (input: JaxArray, name: string) => np.matmul(input, at(`${name}w`).transpose()).add(at(`${name}b`));
    const y = attention(dims, dense(layerNorm(x.ref, at('ln1w'), at('ln1b')), 'qkv'));
    x = x.add(dense(y, 'attproj'));
    x = x.ref.add(dense(nn.gelu(dense(layerNorm(x, at('ln2w'), at('ln2b')), 'fc'), { approximate: true }), 'fcproj'));
  }
  const logits = np.matmul(layerNorm(x, get('lnfw'), get('lnfb')).reshape([B * T, C]), wte.transpose());
  return np.sum(nn.logSoftmax(logits).mul(nn.oneHot(targets, V))).mul(-1 / (B * T));
}

function layerNorm(x: JaxArray, weight: JaxArray, bias: JaxArray): JaxArray {
  const shifted = x.ref.sub(np.mean(x, -1, { keepdims: true }));
  const variance = np.mean(np.square(shifted.ref), -1, { keepdims: true });
  return shifted
    .div(np.sqrt(variance.add(1e-5)))
    .mul(weight)
    .add(bias);
}

function attention({ B, T, C, NH }: Dims, qkv: JaxArray): JaxArray {
  const [q, k, v] = np.split(qkv, 3, -1).map((x) => x.reshape([B, T, NH, C / NH]));
  return nn.dotProductAttention(q, k, v, { isCausal: true }).reshape([B, T, C]);
}
