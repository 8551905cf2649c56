/**
 * A training step as the baseline takes it, where each tensor of all layers is one array, layer after layer, as in llm.c. So it is plain
 * loops, which nfold new can put into any language.
 *
 * Source   karpathy/llm.c, train_gpt2.c.
 */
import type { Candidate } from 'nfold/contract';
import type op from 'nfold/ops/train_gpt2';
import { adamw } from '../baselines/adamw/baseline.ts';
import { attention_backward } from '../baselines/attention_backward/baseline.ts';
import { attention_forward } from '../baselines/attention_forward/baseline.ts';
import { crossentropy_softmax_backward } from '../baselines/crossentropy_softmax_backward/baseline.ts';
import { crossentropy_softmax_forward } from '../baselines/crossentropy_softmax_forward/baseline.ts';
import { encoder_backward } from '../baselines/encoder_backward/baseline.ts';
import { encoder_forward } from '../baselines/encoder_forward/baseline.ts';
import { gelu_backward } from '../baselines/gelu_backward/baseline.ts';
import { gelu_forward } from '../baselines/gelu_forward/baseline.ts';
import { layernorm_backward } from '../baselines/layernorm_backward/baseline.ts';
import { layernorm_forward } from '../baselines/layernorm_forward/baseline.ts';
import { matmul_backward } from '../baselines/matmul_backward/baseline.ts';
import { matmul_forward } from '../baselines/matmul_forward/baseline.ts';
import { residual_backward } from '../baselines/residual_backward/baseline.ts';
import { residual_forward } from '../baselines/residual_forward/baseline.ts';

export default {
  about: "llm.c's loops, one array for all layers of a tensor",
  source: 'karpathy/llm.c, train_gpt2.c',
  setup({ B, T, L, C, NH, V }, arena) {
    const BT = B * T;
    const n = BT * C;
    const attn = B * NH * T * T;
    // Where each tensor of params begins.
    const wpe = V * C;
    const ln1w = wpe + T * C;
    const ln1b = ln1w + L * C;
    const qkvw = ln1b + L * C;
    const qkvb = qkvw + L * 3 * C * C;
    const attprojw = qkvb + L * 3 * C;
    const attprojb = attprojw + L * C * C;
    const ln2w = attprojb + L * C;
    const ln2b = ln2w + L * C;
    const fcw = ln2b + L * C;
    const fcb = fcw + L * 4 * C * C;
    const fcprojw = fcb + L * 4 * C;
    const fcprojb = fcprojw + L * C * 4 * C;
    const lnfw = fcprojb + L * C;
    const lnfb = lnfw + C;
    const N = lnfb + C;

    const grads = arena.f32(N);
    const res = arena.f32((2 * L + 1) * n);
    const ln = arena.f32((2 * L + 1) * n);
    const mean = arena.f32((2 * L + 1) * BT);
    const rstd = arena.f32((2 * L + 1) * BT);
    const qkv = arena.f32(L * 3 * n);
    const att = arena.f32(L * attn);
    const atty = arena.f32(L * n);
    const proj = arena.f32(n);
    const fch = arena.f32(L * 4 * n);
    const fch_gelu = arena.f32(L * 4 * n);
    const logits = arena.f32(BT * V);
    const probs = arena.f32(BT * V);
    const losses = arena.f32(BT);
    const dres = arena.f32((2 * L + 1) * n);
    const dln = arena.f32(n);
    const dqkv = arena.f32(3 * n);
    const datt = arena.f32(T);
    const datty = arena.f32(n);
    const dproj = arena.f32(n);
    const dfch = arena.f32(4 * n);
    const dfch_gelu = arena.f32(4 * n);
    const dlogits = arena.f32(BT * V);
    const dlosses = arena.f32(BT);

    return ({ params, m, v, tokens, targets, step, loss }, { learning_rate, beta1, beta2, eps, weight_decay }) => {
      // Forward: res holds the residual stream before, within and after each layer.
      encoder_forward(res, tokens, params, params.subarray(wpe), B, T, C);
      for (let l = 0; l < L; l++) {
        const r = 2 * l;
        const x = res.subarray(r * n);
        const mid = res.subarray((r + 1) * n);
        const ln1 = ln.subarray(r * n);
        const ln2 = ln.subarray((r + 1) * n);
        const h = fch.subarray(l * 4 * n);
        const g = fch_gelu.subarray(l * 4 * n);
        const q = qkv.subarray(l * 3 * n);
        const y = atty.subarray(l * n);
        layernorm_forward(
          ln1,
          mean.subarray(r * BT),
          rstd.subarray(r * BT),
          x,
          params.subarray(ln1w + l * C),
          params.subarray(ln1b + l * C),
          B,
          T,
          C,
        );
        matmul_forward(
          q,
          ln1,
          params.subarray(qkvw + l * 3 * C * C),
          params.subarray(qkvb + l * 3 * C),
          B,
          T,
          C,
          3 * C,
        );
        attention_forward(y, att.subarray(l * attn), q, B, T, C, NH);
        matmul_forward(proj, y, params.subarray(attprojw + l * C * C), params.subarray(attprojb + l * C), B, T, C, C);
        residual_forward(mid, x, proj, n);
        layernorm_forward(
          ln2,
          mean.subarray((r + 1) * BT),
          rstd.subarray((r + 1) * BT),
          mid,
          params.subarray(ln2w + l * C),
          params.subarray(ln2b + l * C),
          B,
          T,
          C,
        );
        matmul_forward(h, ln2, params.subarray(fcw + l * 4 * C * C), params.subarray(fcb + l * 4 * C), B, T, C, 4 * C);
        gelu_forward(g, h, 4 * n);
        matmul_forward(
          proj,
          g,
          params.subarray(fcprojw + l * 4 * C * C),
          params.subarray(fcprojb + l * C),
          B,
          T,
          4 * C,
          C,
        );
        residual_forward(res.subarray((r + 2) * n), mid, proj, n);
      }
      const lnf = ln.subarray(2 * L * n);
      const lnf_mean = mean.subarray(2 * L * BT);
      const lnf_rstd = rstd.subarray(2 * L * BT);
      layernorm_forward(
        lnf,
        lnf_mean,
        lnf_rstd,
        res.subarray(2 * L * n),
        params.subarray(lnfw),
        params.subarray(lnfb),
        B,
        T,
        C,
      );
      matmul_forward(logits, lnf, params, null, B, T, C, V);
      crossentropy_softmax_forward(losses, probs, logits, targets, B, T, V);
      let sum = 0;
      for (let i = 0; i < BT; i++) sum += losses[i];
      loss[0] = sum / BT;

      // Backward: the ops add to gradients, so those begin at zero.
      grads.fill(0);
      dres.fill(0);
      dln.fill(0);
      dlogits.fill(0);
      dlosses.fill(1 / BT);
      crossentropy_softmax_backward(dlogits, dlosses, probs, targets, B, T, V);
      matmul_backward(dln, grads, null, dlogits, lnf, params, B, T, C, V);
      layernorm_backward(
        dres.subarray(2 * L * n),
        grads.subarray(lnfw),
        grads.subarray(lnfb),
        dln,
        res.subarray(2 * L * n),
        params.subarray(lnfw),
        lnf_mean,
        lnf_rstd,
        B,
        T,
        C,
      );
      for (let l = L - 1; l >= 0; l--) {
        const r = 2 * l;
        const x = res.subarray(r * n);
        const mid = res.subarray((r + 1) * n);
        const ln1 = ln.subarray(r * n);
        const ln2 = ln.subarray((r + 1) * n);
        const dx = dres.subarray(r * n);
        const dmid = dres.subarray((r + 1) * n);
        const h = fch.subarray(l * 4 * n);
        const g = fch_gelu.subarray(l * 4 * n);
        const q = qkv.subarray(l * 3 * n);
        dproj.fill(0);
        dfch_gelu.fill(0);
        dfch.fill(0);
        dln.fill(0);
        residual_backward(dmid, dproj, dres.subarray((r + 2) * n), n);
        matmul_backward(
          dfch_gelu,
          grads.subarray(fcprojw + l * 4 * C * C),
          grads.subarray(fcprojb + l * C),
          dproj,
          g,
          params.subarray(fcprojw + l * 4 * C * C),
          B,
          T,
          4 * C,
          C,
        );
        gelu_backward(dfch, h, dfch_gelu, 4 * n);
        matmul_backward(
          dln,
          grads.subarray(fcw + l * 4 * C * C),
          grads.subarray(fcb + l * 4 * C),
          dfch,
          ln2,
          params.subarray(fcw + l * 4 * C * C),
          B,
          T,
          C,
          4 * C,
        );
        layernorm_backward(
          dmid,
          grads.subarray(ln2w + l * C),
          grads.subarray(ln2b + l * C),
          dln,
          mid,
          params.subarray(ln2w + l * C),
          mean.subarray((r + 1) * BT),
          rstd.subarray((r + 1) * BT),
          B,
          T,
          C,
        );
        dproj.fill(0);
        datty.fill(0);
        dqkv.fill(0);
        dln.fill(0);
        residual_backward(dx, dproj, dmid, n);
        matmul_backward(
          datty,
          grads.subarray(attprojw + l * C * C),
          grads.subarray(attprojb + l * C),
          dproj,
          atty.subarray(l * n),
          params.subarray(attprojw + l * C * C),
          B,
          T,
          C,
          C,
        );
        attention_backward(dqkv, datt, datty, q, att.subarray(l * attn), B, T, C, NH);
        matmul_backward(
          dln,
          grads.subarray(qkvw + l * 3 * C * C),
          grads.subarray(qkvb + l * 3 * C),
          dqkv,
          ln1,
          params.subarray(qkvw + l * 3 * C * C),
          B,
          T,
          C,
          3 * C,
        );
        layernorm_backward(
          dx,
          grads.subarray(ln1w + l * C),
          grads.subarray(ln1b + l * C),
          dln,
          x,
          params.subarray(ln1w + l * C),
          mean.subarray(r * BT),
          rstd.subarray(r * BT),
          B,
          T,
          C,
        );
      }
      encoder_backward(grads, grads.subarray(wpe), dres, tokens, B, T, C);
      adamw(params, m, v, grads, N, step[0], learning_rate, beta1, beta2, eps, weight_decay);
    };
  },
} satisfies Candidate<typeof op>;
