/**
 * The training step with two thirds of its memory given back: of each layer only its input is kept, and the backward pass computes
 * the layer's activations again. Which functions do the work is the caller's choice.
 *
 * Source   Chen, Xu, Zhang and Guestrin 2016, arXiv:1604.06174; order of the ops by karpathy/llm.c, train_gpt2.c.
 */
import { adamw } from '../../../baselines/adamw/baseline.ts';
import { attention_backward } from '../../../baselines/attention_backward/baseline.ts';
import { attention_forward } from '../../../baselines/attention_forward/baseline.ts';
import { crossentropy_softmax_backward } from '../../../baselines/crossentropy_softmax_backward/baseline.ts';
import { crossentropy_softmax_forward } from '../../../baselines/crossentropy_softmax_forward/baseline.ts';
import { encoder_backward } from '../../../baselines/encoder_backward/baseline.ts';
import { encoder_forward } from '../../../baselines/encoder_forward/baseline.ts';
import { gelu_backward } from '../../../baselines/gelu_backward/baseline.ts';
import { gelu_forward } from '../../../baselines/gelu_forward/baseline.ts';
import { layernorm_backward } from '../../../baselines/layernorm_backward/baseline.ts';
import { layernorm_forward } from '../../../baselines/layernorm_forward/baseline.ts';
import { matmul_backward } from '../../../baselines/matmul_backward/baseline.ts';
import { matmul_forward } from '../../../baselines/matmul_forward/baseline.ts';
import { residual_forward } from '../../../baselines/residual_forward/baseline.ts';
import { parameterCount } from '../../../baselines/train_gpt2/layout.ts';
import { activation_gradients, activations, point_parameters } from '../../../baselines/train_gpt2/memory.ts';
import type op from '../../../baselines/train_gpt2/op.ts';
import type { Arena } from '../../../src/contract/candidate.ts';
import type { DimsOf, ScalarsOf, TensorsOf } from '../../../src/contract/op.ts';

type Op = typeof op;

const baselines = { layernorm_forward, attention_forward, gelu_forward };

export function recomputedStep(dims: DimsOf<Op>, arena: Arena, pieces: Partial<typeof baselines> = {}) {
  const { layernorm_forward, attention_forward, gelu_forward } = { ...baselines, ...pieces };
  const { B, T, L, C, NH, V } = dims;
  const N = parameterCount(dims);
  const f32 = (length: number) => arena.f32(length);
  const grads_memory = f32(N);
  const grads = point_parameters(dims, grads_memory);
  const acts = activations({ ...dims, L: 1 }, f32);
  const dacts = activation_gradients({ ...dims, L: 1 }, f32);
  const [[a], [da]] = [acts.layers, dacts.layers];
  /** What goes into layer l, and at L what comes out of the last. */
  const stream = Array.from({ length: L + 1 }, () => f32(B * T * C));

  return (t: TensorsOf<Op>, s: ScalarsOf<Op>) => {
    const { whole, layers } = point_parameters(dims, t.params);

    function layer_forward(l: number, into?: Float32Array): void {
      const w = layers[l];
      layernorm_forward(a.ln1, a.ln1_mean, a.ln1_rstd, stream[l], w.ln1w, w.ln1b, B, T, C);
      matmul_forward(a.qkv, a.ln1, w.qkvw, w.qkvb, B, T, C, 3 * C);
      attention_forward(a.atty, a.att, a.qkv, B, T, C, NH);
      matmul_forward(a.attproj, a.atty, w.attprojw, w.attprojb, B, T, C, C);
      residual_forward(a.residual2, stream[l], a.attproj, B * T * C);
      layernorm_forward(a.ln2, a.ln2_mean, a.ln2_rstd, a.residual2, w.ln2w, w.ln2b, B, T, C);
      matmul_forward(a.fch, a.ln2, w.fcw, w.fcb, B, T, C, 4 * C);
      gelu_forward(a.fch_gelu, a.fch, B * T * 4 * C);
      if (!into) return;
      matmul_forward(a.fcproj, a.fch_gelu, w.fcprojw, w.fcprojb, B, T, 4 * C, C);
      residual_forward(into, a.residual2, a.fcproj, B * T * C);
    }

    /** The gradient of the residual stream lies in dacts.encoded, before and after. */
    function layer_backward(l: number): void {
      const [w, dw, dx] = [layers[l], grads.layers[l], dacts.encoded];
      for (const x of Object.values(da)) x.fill(0);
      matmul_backward(da.fch_gelu, dw.fcprojw, dw.fcprojb, dx, a.fch_gelu, w.fcprojw, B, T, 4 * C, C);
      gelu_backward(da.fch, a.fch, da.fch_gelu, B * T * 4 * C);
      matmul_backward(da.ln2, dw.fcw, dw.fcb, da.fch, a.ln2, w.fcw, B, T, C, 4 * C);
      layernorm_backward(dx, dw.ln2w, dw.ln2b, da.ln2, a.residual2, w.ln2w, a.ln2_mean, a.ln2_rstd, B, T, C);
      matmul_backward(da.atty, dw.attprojw, dw.attprojb, dx, a.atty, w.attprojw, B, T, C, C);
      attention_backward(da.qkv, dacts.att_row, da.atty, a.qkv, a.att, B, T, C, NH);
      matmul_backward(da.ln1, dw.qkvw, dw.qkvb, da.qkv, a.ln1, w.qkvw, B, T, C, 3 * C);
      layernorm_backward(dx, dw.ln1w, dw.ln1b, da.ln1, stream[l], w.ln1w, a.ln1_mean, a.ln1_rstd, B, T, C);
    }

    const { wte, wpe, lnfw, lnfb } = whole;
    encoder_forward(stream[0], t.tokens, wte, wpe, B, T, C);
    for (let l = 0; l < L; l++) layer_forward(l, stream[l + 1]);
    layernorm_forward(acts.lnf, acts.lnf_mean, acts.lnf_rstd, stream[L], lnfw, lnfb, B, T, C);
    matmul_forward(acts.logits, acts.lnf, wte, null, B, T, C, V);
    crossentropy_softmax_forward(acts.losses, acts.probs, acts.logits, t.targets, B, T, V);
    t.loss[0] = acts.losses.reduce((sum, loss) => sum + loss, 0) / (B * T);

    for (const x of [grads_memory, dacts.encoded, dacts.lnf, dacts.logits]) x.fill(0);
    const { wte: dwte, wpe: dwpe, lnfw: dlnfw, lnfb: dlnfb } = grads.whole;
    dacts.losses.fill(1 / (B * T));
    crossentropy_softmax_backward(dacts.logits, dacts.losses, acts.probs, t.targets, B, T, V);
    matmul_backward(dacts.lnf, dwte, null, dacts.logits, acts.lnf, wte, B, T, C, V);
    const last = [dacts.encoded, dlnfw, dlnfb, dacts.lnf, stream[L], lnfw, acts.lnf_mean, acts.lnf_rstd] as const;
    layernorm_backward(...last, B, T, C);
    for (let l = L - 1; l >= 0; l--) {
      layer_forward(l);
      layer_backward(l);
    }
    encoder_backward(dwte, dwpe, dacts.encoded, t.tokens, B, T, C);
    adamw(t.params, t.m, t.v, grads_memory, N, t.step[0], s.learning_rate, s.beta1, s.beta2, s.eps, s.weight_decay);
  };
}
