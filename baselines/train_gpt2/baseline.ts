/**
 * A training step as llm.c's CPU reference takes it: forward, backward into gradients that were zeroed, AdamW.
 * One thread, scalar loops, every activation kept.
 *
 * Shapes   activations are those of the ops, layer by layer; encoded, residual2 and residual3 (B,T,C) are the
 *          residual stream.
 * Source   karpathy/llm.c, train_gpt2.c.
 */
import type { Candidate } from '../../src/contract/candidate.ts';
import type { DimsOf } from '../../src/contract/op.ts';
import { adamw } from '../adamw/baseline.ts';
import { attention_backward } from '../attention_backward/baseline.ts';
import { attention_forward } from '../attention_forward/baseline.ts';
import { crossentropy_softmax_backward } from '../crossentropy_softmax_backward/baseline.ts';
import { crossentropy_softmax_forward } from '../crossentropy_softmax_forward/baseline.ts';
import { encoder_backward } from '../encoder_backward/baseline.ts';
import { encoder_forward } from '../encoder_forward/baseline.ts';
import { gelu_backward } from '../gelu_backward/baseline.ts';
import { gelu_forward } from '../gelu_forward/baseline.ts';
import { layernorm_backward } from '../layernorm_backward/baseline.ts';
import { layernorm_forward } from '../layernorm_forward/baseline.ts';
import { matmul_backward } from '../matmul_backward/baseline.ts';
import { matmul_forward } from '../matmul_forward/baseline.ts';
import { residual_backward } from '../residual_backward/baseline.ts';
import { residual_forward } from '../residual_forward/baseline.ts';
import { parameterCount } from './layout.ts';
import {
  type ActivationGradients,
  type Activations,
  activation_gradients,
  activations,
  type Parameters,
  point_parameters,
} from './memory.ts';
import type op from './op.ts';

type Dims = DimsOf<typeof op>;

export default {
  about: "llm.c's loops: scalar, one thread, one op after another",
  source: 'karpathy/llm.c, train_gpt2.c',
  setup(dims, arena) {
    const N = parameterCount(dims);
    const grads_memory = arena.f32(N);
    const grads = point_parameters(dims, grads_memory);
    const acts = activations(dims, (length) => arena.f32(length));
    const grads_acts_memory: Float32Array[] = [];
    const grads_acts = activation_gradients(dims, (length) => {
      const array = arena.f32(length);
      grads_acts_memory.push(array);
      return array;
    });

    return ({ params, m, v, tokens, targets, step, loss }, { learning_rate, beta1, beta2, eps, weight_decay }) => {
      const weights = point_parameters(dims, params);
      loss[0] = gpt2_forward(dims, weights, acts, tokens, targets);
      grads_memory.fill(0);
      for (const array of grads_acts_memory) array.fill(0);
      gpt2_backward(dims, weights, grads, acts, grads_acts, tokens, targets);
      adamw(params, m, v, grads_memory, N, step[0], learning_rate, beta1, beta2, eps, weight_decay);
    };
  },
} satisfies Candidate<typeof op>;

/** Fills acts and returns the mean loss. */
function gpt2_forward(
  dims: Dims,
  params: Parameters,
  acts: Activations,
  tokens: Int32Array,
  targets: Int32Array,
): number {
  const { B, T, L, C, NH, V } = dims;
  const { wte, wpe, lnfw, lnfb } = params.whole;
  encoder_forward(acts.encoded, tokens, wte, wpe, B, T, C);
  let residual = acts.encoded;
  for (let l = 0; l < L; l++) {
    const w = params.layers[l];
    const a = acts.layers[l];
    layernorm_forward(a.ln1, a.ln1_mean, a.ln1_rstd, residual, w.ln1w, w.ln1b, B, T, C);
    matmul_forward(a.qkv, a.ln1, w.qkvw, w.qkvb, B, T, C, 3 * C);
    attention_forward(a.atty, a.att, a.qkv, B, T, C, NH);
    matmul_forward(a.attproj, a.atty, w.attprojw, w.attprojb, B, T, C, C);
    residual_forward(a.residual2, residual, a.attproj, B * T * C);
    layernorm_forward(a.ln2, a.ln2_mean, a.ln2_rstd, a.residual2, w.ln2w, w.ln2b, B, T, C);
    matmul_forward(a.fch, a.ln2, w.fcw, w.fcb, B, T, C, 4 * C);
    gelu_forward(a.fch_gelu, a.fch, B * T * 4 * C);
    matmul_forward(a.fcproj, a.fch_gelu, w.fcprojw, w.fcprojb, B, T, 4 * C, C);
    residual_forward(a.residual3, a.residual2, a.fcproj, B * T * C);
    residual = a.residual3;
  }
  layernorm_forward(acts.lnf, acts.lnf_mean, acts.lnf_rstd, residual, lnfw, lnfb, B, T, C);
  matmul_forward(acts.logits, acts.lnf, wte, null, B, T, C, V);
  crossentropy_softmax_forward(acts.losses, acts.probs, acts.logits, targets, B, T, V);

  let mean_loss = 0;
  for (let i = 0; i < B * T; i++) mean_loss += acts.losses[i];
  return mean_loss / (B * T);
}

/** Adds the gradients of the mean loss to grads and dacts, which hold zeros. */
function gpt2_backward(
  dims: Dims,
  params: Parameters,
  grads: Parameters,
  acts: Activations,
  dacts: ActivationGradients,
  tokens: Int32Array,
  targets: Int32Array,
): void {
  const { B, T, L, C, NH, V } = dims;
  const { wte, lnfw } = params.whole;
  const { wte: dwte, wpe: dwpe, lnfw: dlnfw, lnfb: dlnfb } = grads.whole;
  // The input of layer l, and its gradient: what layer l - 1 left, or the encoder.
  const residual_into = (l: number) => (l === 0 ? acts.encoded : acts.layers[l - 1].residual3);
  const dresidual_into = (l: number) => (l === 0 ? dacts.encoded : dacts.layers[l - 1].residual3);

  dacts.losses.fill(1 / (B * T));
  crossentropy_softmax_backward(dacts.logits, dacts.losses, acts.probs, targets, B, T, V);
  matmul_backward(dacts.lnf, dwte, null, dacts.logits, acts.lnf, wte, B, T, C, V);
  layernorm_backward(
    dresidual_into(L),
    dlnfw,
    dlnfb,
    dacts.lnf,
    residual_into(L),
    lnfw,
    acts.lnf_mean,
    acts.lnf_rstd,
    B,
    T,
    C,
  );
  for (let l = L - 1; l >= 0; l--) {
    const w = params.layers[l];
    const dw = grads.layers[l];
    const a = acts.layers[l];
    const da = dacts.layers[l];
    const residual = residual_into(l);
    const dresidual = dresidual_into(l);
    residual_backward(da.residual2, da.fcproj, da.residual3, B * T * C);
    matmul_backward(da.fch_gelu, dw.fcprojw, dw.fcprojb, da.fcproj, a.fch_gelu, w.fcprojw, B, T, 4 * C, C);
    gelu_backward(da.fch, a.fch, da.fch_gelu, B * T * 4 * C);
    matmul_backward(da.ln2, dw.fcw, dw.fcb, da.fch, a.ln2, w.fcw, B, T, C, 4 * C);
    layernorm_backward(da.residual2, dw.ln2w, dw.ln2b, da.ln2, a.residual2, w.ln2w, a.ln2_mean, a.ln2_rstd, B, T, C);
    residual_backward(dresidual, da.attproj, da.residual2, B * T * C);
    matmul_backward(da.atty, dw.attprojw, dw.attprojb, da.attproj, a.atty, w.attprojw, B, T, C, C);
    attention_backward(da.qkv, dacts.att_row, da.atty, a.qkv, a.att, B, T, C, NH);
    matmul_backward(da.ln1, dw.qkvw, dw.qkvb, da.qkv, a.ln1, w.qkvw, B, T, C, 3 * C);
    layernorm_backward(dresidual, dw.ln1w, dw.ln1b, da.ln1, residual, w.ln1w, a.ln1_mean, a.ln1_rstd, B, T, C);
  }
  encoder_backward(dwte, dwpe, dacts.encoded, tokens, B, T, C);
}
