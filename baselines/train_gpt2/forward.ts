/**
 * The forward passes of a GPT-2, op by op, in plain loops.
 *
 * Shapes   stand above each function. A name like out_bt is an offset: where the row of (b,t) begins in out.
 * Numerics arrays are f32; what a local variable sums is f64, as JavaScript has it, and is rounded when it is stored.
 * Source   names, arguments and loops follow llm.c, train_gpt2.c.
 */

/** out[b,t,:] = wte[inp[b,t],:] + wpe[t,:]          out (B,T,C); inp (B,T); wte (V,C); wpe (T,C) */
export function encoder_forward(
  out: Float32Array,
  inp: Int32Array,
  wte: Float32Array,
  wpe: Float32Array,
  B: number,
  T: number,
  C: number,
): void {
  for (let b = 0; b < B; b++) {
    for (let t = 0; t < T; t++) {
      const out_bt = (b * T + t) * C;
      const wte_ix = inp[b * T + t] * C;
      const wpe_t = t * C;
      for (let i = 0; i < C; i++) out[out_bt + i] = wte[wte_ix + i] + wpe[wpe_t + i];
    }
  }
}

/**
 * out[b,t,:] = (inp[b,t,:] - mean[b,t]) * rstd[b,t] * weight + bias
 *
 * Shapes   inp, out (B,T,C); weight, bias (C); mean, rstd (B,T), kept for the backward pass.
 * Numerics variance divides by C; eps = 1e-5 inside the root.
 */
export function layernorm_forward(
  out: Float32Array,
  mean: Float32Array,
  rstd: Float32Array,
  inp: Float32Array,
  weight: Float32Array,
  bias: Float32Array,
  B: number,
  T: number,
  C: number,
): void {
  const eps = 1e-5;
  for (let b = 0; b < B; b++) {
    for (let t = 0; t < T; t++) {
      const inp_bt = (b * T + t) * C;
      const out_bt = (b * T + t) * C;
      let m = 0;
      for (let i = 0; i < C; i++) m += inp[inp_bt + i];
      m /= C;
      let v = 0;
      for (let i = 0; i < C; i++) {
        const xshift = inp[inp_bt + i] - m;
        v += xshift * xshift;
      }
      v /= C;
      const s = 1 / Math.sqrt(v + eps);
      for (let i = 0; i < C; i++) out[out_bt + i] = (inp[inp_bt + i] - m) * s * weight[i] + bias[i];
      mean[b * T + t] = m;
      rstd[b * T + t] = s;
    }
  }
}

/** out[b,t,o] = bias[o] + inp[b,t,:] . weight[o,:]       inp (B,T,C); weight (OC,C); bias (OC) or null; out (B,T,OC) */
export function matmul_forward(
  out: Float32Array,
  inp: Float32Array,
  weight: Float32Array,
  bias: Float32Array | null,
  B: number,
  T: number,
  C: number,
  OC: number,
): void {
  for (let b = 0; b < B; b++) {
    for (let t = 0; t < T; t++) {
      const out_bt = (b * T + t) * OC;
      const inp_bt = (b * T + t) * C;
      for (let o = 0; o < OC; o++) {
        const wrow = o * C;
        let val = bias !== null ? bias[o] : 0;
        for (let i = 0; i < C; i++) val += inp[inp_bt + i] * weight[wrow + i];
        out[out_bt + o] = val;
      }
    }
  }
}

/**
 * att[b,h,t,:] = softmax over t2 <= t of query[t] . key[t2] / sqrt(hs);  out[b,t,h,:] = sum_t2 att[b,h,t,t2] value[t2]
 *
 * Shapes   inp (B,T,3,NH,hs), which is query, key, value; att (B,NH,T,T), kept for the backward pass; out (B,T,NH,hs).
 * Numerics the half of att with t2 > t is neither written nor read.
 */
export function attention_forward(
  out: Float32Array,
  att: Float32Array,
  inp: Float32Array,
  B: number,
  T: number,
  C: number,
  NH: number,
): void {
  const C3 = 3 * C;
  const hs = C / NH;
  const scale = 1 / Math.sqrt(hs);
  for (let b = 0; b < B; b++) {
    for (let t = 0; t < T; t++) {
      for (let h = 0; h < NH; h++) {
        const query_t = (b * T + t) * C3 + h * hs;
        const att_bth = ((b * NH + h) * T + t) * T;

        let maxval = Number.NEGATIVE_INFINITY;
        for (let t2 = 0; t2 <= t; t2++) {
          const key_t2 = (b * T + t2) * C3 + C + h * hs;
          let val = 0;
          for (let i = 0; i < hs; i++) val += inp[query_t + i] * inp[key_t2 + i];
          val *= scale;
          if (val > maxval) maxval = val;
          att[att_bth + t2] = val;
        }

        let expsum = 0;
        for (let t2 = 0; t2 <= t; t2++) {
          const expv = Math.exp(att[att_bth + t2] - maxval);
          expsum += expv;
          att[att_bth + t2] = expv;
        }
        const expsum_inv = 1 / expsum;
        for (let t2 = 0; t2 <= t; t2++) att[att_bth + t2] *= expsum_inv;

        const out_bth = (b * T + t) * C + h * hs;
        for (let i = 0; i < hs; i++) out[out_bth + i] = 0;
        for (let t2 = 0; t2 <= t; t2++) {
          const value_t2 = (b * T + t2) * C3 + 2 * C + h * hs;
          const att_btht2 = att[att_bth + t2];
          for (let i = 0; i < hs; i++) out[out_bth + i] += att_btht2 * inp[value_t2 + i];
        }
      }
    }
  }
}

/** out = x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))), x = inp          inp, out (N) */
export function gelu_forward(out: Float32Array, inp: Float32Array, N: number): void {
  const scaling = Math.sqrt(2 / Math.PI);
  for (let i = 0; i < N; i++) {
    const x = inp[i];
    const cube = 0.044715 * x * x * x;
    out[i] = 0.5 * x * (1 + Math.tanh(scaling * (x + cube)));
  }
}

/** out = inp1 + inp2          all (N) */
export function residual_forward(out: Float32Array, inp1: Float32Array, inp2: Float32Array, N: number): void {
  for (let i = 0; i < N; i++) out[i] = inp1[i] + inp2[i];
}

/**
 * probs[b,t,:] = softmax(logits[b,t,:]);  losses[b,t] = -log probs[b,t,target]
 *
 * Shapes   logits, probs (B,T,V); losses, targets (B,T). probs are kept for the backward pass.
 */
export function crossentropy_softmax_forward(
  losses: Float32Array,
  probs: Float32Array,
  logits: Float32Array,
  targets: Int32Array,
  B: number,
  T: number,
  V: number,
): void {
  for (let b = 0; b < B; b++) {
    for (let t = 0; t < T; t++) {
      const bt = (b * T + t) * V;
      let maxval = Number.NEGATIVE_INFINITY;
      for (let i = 0; i < V; i++) {
        const logit = logits[bt + i];
        if (logit > maxval) maxval = logit;
      }
      let sum = 0;
      for (let i = 0; i < V; i++) {
        const expv = Math.exp(logits[bt + i] - maxval);
        sum += expv;
        probs[bt + i] = expv;
      }
      const sum_inv = 1 / sum;
      for (let i = 0; i < V; i++) probs[bt + i] *= sum_inv;
      losses[b * T + t] = Math.log(sum) + maxval - logits[bt + targets[b * T + t]];
    }
  }
}
