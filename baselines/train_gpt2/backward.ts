/**
 * The backward passes of a GPT-2, op by op, in plain loops. Each adds to what is in dinp, dweight, dbias.
 *
 * Shapes   a gradient dx has the shape of x; the rest as in ./forward.ts.
 * Numerics arrays are f32; what a local variable sums is f64, as JavaScript has it, and is rounded when it is stored.
 * Source   names and loops follow llm.c, train_gpt2.c. Where the plain thing is shorter and faster than llm.c's it is
 *          taken: matmul_backward in one round (llm.c has two, for its threads), the gradient of softmax as
 *          att (datt - sum att datt), sech^2 as 1 - tanh^2.
 */

/** dwte[inp[b,t],:] += dout[b,t,:];  dwpe[t,:] += dout[b,t,:] */
export function encoder_backward(
  dwte: Float32Array,
  dwpe: Float32Array,
  dout: Float32Array,
  inp: Int32Array,
  B: number,
  T: number,
  C: number,
): void {
  for (let b = 0; b < B; b++) {
    for (let t = 0; t < T; t++) {
      const dout_bt = (b * T + t) * C;
      const dwte_ix = inp[b * T + t] * C;
      const dwpe_t = t * C;
      for (let i = 0; i < C; i++) {
        const d = dout[dout_bt + i];
        dwte[dwte_ix + i] += d;
        dwpe[dwpe_t + i] += d;
      }
    }
  }
}

/**
 * dinp += (g - mean(g) - n mean(g n)) rstd;  dweight += n dout;  dbias += dout
 *
 * with n = (inp - mean) rstd and g = weight dout, and the means of g over C.
 */
export function layernorm_backward(
  dinp: Float32Array,
  dweight: Float32Array,
  dbias: Float32Array,
  dout: Float32Array,
  inp: Float32Array,
  weight: Float32Array,
  mean: Float32Array,
  rstd: Float32Array,
  B: number,
  T: number,
  C: number,
): void {
  for (let b = 0; b < B; b++) {
    for (let t = 0; t < T; t++) {
      const bt = (b * T + t) * C;
      const mean_bt = mean[b * T + t];
      const rstd_bt = rstd[b * T + t];
      let dnorm_mean = 0;
      let dnorm_norm_mean = 0;
      for (let i = 0; i < C; i++) {
        const norm = (inp[bt + i] - mean_bt) * rstd_bt;
        const dnorm = weight[i] * dout[bt + i];
        dnorm_mean += dnorm;
        dnorm_norm_mean += dnorm * norm;
      }
      dnorm_mean /= C;
      dnorm_norm_mean /= C;
      for (let i = 0; i < C; i++) {
        const d = dout[bt + i];
        const norm = (inp[bt + i] - mean_bt) * rstd_bt;
        dbias[i] += d;
        dweight[i] += norm * d;
        dinp[bt + i] += (weight[i] * d - dnorm_mean - norm * dnorm_norm_mean) * rstd_bt;
      }
    }
  }
}

/** For each b, t, o, d = dout[b,t,o]:  dinp[b,t,:] += d weight[o,:];  dweight[o,:] += d inp[b,t,:];  dbias[o] += d */
export function matmul_backward(
  dinp: Float32Array,
  dweight: Float32Array,
  dbias: Float32Array | null,
  dout: Float32Array,
  inp: Float32Array,
  weight: Float32Array,
  B: number,
  T: number,
  C: number,
  OC: number,
): void {
  for (let b = 0; b < B; b++) {
    for (let t = 0; t < T; t++) {
      const dout_bt = (b * T + t) * OC;
      const bt = (b * T + t) * C;
      for (let o = 0; o < OC; o++) {
        const wrow = o * C;
        const d = dout[dout_bt + o];
        if (dbias !== null) dbias[o] += d;
        for (let i = 0; i < C; i++) {
          dinp[bt + i] += weight[wrow + i] * d;
          dweight[wrow + i] += inp[bt + i] * d;
        }
      }
    }
  }
}

/** The three steps of attention_forward from last to first. datt (T) is scratch: the gradient of one row of att. */
export function attention_backward(
  dinp: Float32Array,
  datt: Float32Array,
  dout: Float32Array,
  inp: Float32Array,
  att: Float32Array,
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
        const att_bth = ((b * NH + h) * T + t) * T;
        const query_t = (b * T + t) * C3 + h * hs;
        const dout_bth = (b * T + t) * C + h * hs;

        let att_datt = 0;
        for (let t2 = 0; t2 <= t; t2++) {
          const value_t2 = (b * T + t2) * C3 + 2 * C + h * hs;
          const att_btht2 = att[att_bth + t2];
          let val = 0;
          for (let i = 0; i < hs; i++) {
            const d = dout[dout_bth + i];
            val += inp[value_t2 + i] * d;
            dinp[value_t2 + i] += att_btht2 * d;
          }
          datt[t2] = val;
          att_datt += att_btht2 * val;
        }

        for (let t2 = 0; t2 <= t; t2++) {
          const key_t2 = (b * T + t2) * C3 + C + h * hs;
          const d = att[att_bth + t2] * (datt[t2] - att_datt) * scale;
          for (let i = 0; i < hs; i++) {
            dinp[query_t + i] += inp[key_t2 + i] * d;
            dinp[key_t2 + i] += inp[query_t + i] * d;
          }
        }
      }
    }
  }
}

/** dinp += dout times the derivative of gelu_forward at inp */
export function gelu_backward(dinp: Float32Array, inp: Float32Array, dout: Float32Array, N: number): void {
  const scaling = Math.sqrt(2 / Math.PI);
  for (let i = 0; i < N; i++) {
    const x = inp[i];
    const cube = 0.044715 * x * x * x;
    const tanh = Math.tanh(scaling * (x + cube));
    const sech2 = 1 - tanh * tanh;
    const slope = 0.5 * (1 + tanh) + 0.5 * x * sech2 * scaling * (1 + 3 * 0.044715 * x * x);
    dinp[i] += slope * dout[i];
  }
}

/** dinp1 += dout;  dinp2 += dout */
export function residual_backward(dinp1: Float32Array, dinp2: Float32Array, dout: Float32Array, N: number): void {
  for (let i = 0; i < N; i++) {
    const d = dout[i];
    dinp1[i] += d;
    dinp2[i] += d;
  }
}

/** dlogits[b,t,:] += (probs[b,t,:] - onehot(target)) dlosses[b,t] */
export function crossentropy_softmax_backward(
  dlogits: Float32Array,
  dlosses: Float32Array,
  probs: Float32Array,
  targets: Int32Array,
  B: number,
  T: number,
  V: number,
): void {
  for (let b = 0; b < B; b++) {
    for (let t = 0; t < T; t++) {
      const bt = (b * T + t) * V;
      const dloss = dlosses[b * T + t];
      const ix = targets[b * T + t];
      for (let i = 0; i < V; i++) {
        const indicator = i === ix ? 1 : 0;
        dlogits[bt + i] += (probs[bt + i] - indicator) * dloss;
      }
    }
  }
}
