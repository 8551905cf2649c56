// The loops of baselines/<op>/baseline.ts in C: the same names, the same order, f32 throughout, as llm.c has them, and no cleverer.
//
// Threads  With -fopenmp the outermost loops that have no dependence are shared out. layernorm_backward and encoder_backward have none
//          that helps: every token adds to the same gradients. matmul_backward then takes two rounds of loops, as llm.c does.
// Source   karpathy/llm.c, train_gpt2.c.
#include <math.h>
#include <stddef.h>

static void sgemm(const float *A, const float *B, float *C, int M, int N, int K, int lda, int ldb, int ldc, int transA,
                  int transB, float alpha, float beta) {
  int aRow = transA ? 1 : lda, aCol = transA ? lda : 1;
  int bRow = transB ? 1 : ldb, bCol = transB ? ldb : 1;
#pragma omp parallel for
  for (int i = 0; i < M; i++) {
    for (int j = 0; j < N; j++) {
      float sum = 0;
      for (int k = 0; k < K; k++) sum += A[i * aRow + k * aCol] * B[k * bRow + j * bCol];
      C[i * ldc + j] = beta == 0 ? alpha * sum : alpha * sum + beta * C[i * ldc + j];
    }
  }
}

static void encoder_forward(float *out, const int *inp, const float *wte, const float *wpe, int B, int T, int C) {
#pragma omp parallel for collapse(2)
  for (int b = 0; b < B; b++) {
    for (int t = 0; t < T; t++) {
      float *out_bt = out + (b * T + t) * C;
      const float *wte_ix = wte + inp[b * T + t] * C;
      const float *wpe_t = wpe + t * C;
      for (int i = 0; i < C; i++) out_bt[i] = wte_ix[i] + wpe_t[i];
    }
  }
}

static void encoder_backward(float *dwte, float *dwpe, const float *dout, const int *inp, int B, int T, int C) {
  for (int b = 0; b < B; b++) {
    for (int t = 0; t < T; t++) {
      const float *dout_bt = dout + (b * T + t) * C;
      float *dwte_ix = dwte + inp[b * T + t] * C;
      float *dwpe_t = dwpe + t * C;
      for (int i = 0; i < C; i++) {
        float d = dout_bt[i];
        dwte_ix[i] += d;
        dwpe_t[i] += d;
      }
    }
  }
}

static void layernorm_forward(float *out, float *mean, float *rstd, const float *inp, const float *weight,
                              const float *bias, int B, int T, int C) {
  const float eps = 1e-5f;
#pragma omp parallel for collapse(2)
  for (int b = 0; b < B; b++) {
    for (int t = 0; t < T; t++) {
      const float *inp_bt = inp + (b * T + t) * C;
      float *out_bt = out + (b * T + t) * C;
      float m = 0;
      for (int i = 0; i < C; i++) m += inp_bt[i];
      m /= C;
      float v = 0;
      for (int i = 0; i < C; i++) {
        float xshift = inp_bt[i] - m;
        v += xshift * xshift;
      }
      v /= C;
      float s = 1 / sqrtf(v + eps);
      for (int i = 0; i < C; i++) out_bt[i] = (inp_bt[i] - m) * s * weight[i] + bias[i];
      mean[b * T + t] = m;
      rstd[b * T + t] = s;
    }
  }
}

static void layernorm_backward(float *dinp, float *dweight, float *dbias, const float *dout, const float *inp,
                               const float *weight, const float *mean, const float *rstd, int B, int T, int C) {
  for (int b = 0; b < B; b++) {
    for (int t = 0; t < T; t++) {
      int bt = (b * T + t) * C;
      float mean_bt = mean[b * T + t];
      float rstd_bt = rstd[b * T + t];
      float dnorm_mean = 0;
      float dnorm_norm_mean = 0;
      for (int i = 0; i < C; i++) {
        float norm = (inp[bt + i] - mean_bt) * rstd_bt;
        float dnorm = weight[i] * dout[bt + i];
        dnorm_mean += dnorm;
        dnorm_norm_mean += dnorm * norm;
      }
      dnorm_mean /= C;
      dnorm_norm_mean /= C;
      for (int i = 0; i < C; i++) {
        float d = dout[bt + i];
        float norm = (inp[bt + i] - mean_bt) * rstd_bt;
        dbias[i] += d;
        dweight[i] += norm * d;
        dinp[bt + i] += (weight[i] * d - dnorm_mean - norm * dnorm_norm_mean) * rstd_bt;
      }
    }
  }
}

// bias may be NULL.
static void matmul_forward(float *out, const float *inp, const float *weight, const float *bias, int B, int T, int C,
                           int OC) {
#pragma omp parallel for collapse(2)
  for (int b = 0; b < B; b++) {
    for (int t = 0; t < T; t++) {
      float *out_bt = out + (b * T + t) * OC;
      const float *inp_bt = inp + (b * T + t) * C;
      for (int o = 0; o < OC; o++) {
        const float *wrow = weight + o * C;
        float val = bias != NULL ? bias[o] : 0;
        for (int i = 0; i < C; i++) val += inp_bt[i] * wrow[i];
        out_bt[o] = val;
      }
    }
  }
}

// dbias may be NULL.
static void matmul_backward(float *dinp, float *dweight, float *dbias, const float *dout, const float *inp,
                            const float *weight, int B, int T, int C, int OC) {
#ifndef _OPENMP
  for (int b = 0; b < B; b++) {
    for (int t = 0; t < T; t++) {
      const float *dout_bt = dout + (b * T + t) * OC;
      float *dinp_bt = dinp + (b * T + t) * C;
      const float *inp_bt = inp + (b * T + t) * C;
      for (int o = 0; o < OC; o++) {
        const float *wrow = weight + o * C;
        float *dwrow = dweight + o * C;
        float d = dout_bt[o];
        if (dbias != NULL) dbias[o] += d;
        for (int i = 0; i < C; i++) {
          dinp_bt[i] += wrow[i] * d;
          dwrow[i] += inp_bt[i] * d;
        }
      }
    }
  }
#else
#pragma omp parallel for collapse(2)
  for (int b = 0; b < B; b++) {
    for (int t = 0; t < T; t++) {
      const float *dout_bt = dout + (b * T + t) * OC;
      float *dinp_bt = dinp + (b * T + t) * C;
      for (int o = 0; o < OC; o++) {
        const float *wrow = weight + o * C;
        float d = dout_bt[o];
        for (int i = 0; i < C; i++) dinp_bt[i] += wrow[i] * d;
      }
    }
  }
#pragma omp parallel for
  for (int o = 0; o < OC; o++) {
    for (int b = 0; b < B; b++) {
      for (int t = 0; t < T; t++) {
        const float *inp_bt = inp + (b * T + t) * C;
        float *dwrow = dweight + o * C;
        float d = dout[(b * T + t) * OC + o];
        if (dbias != NULL) dbias[o] += d;
        for (int i = 0; i < C; i++) dwrow[i] += inp_bt[i] * d;
      }
    }
  }
#endif
}

static void attention_forward(float *out, float *att, const float *inp, int B, int T, int C, int NH) {
  int C3 = 3 * C;
  int hs = C / NH;
  float scale = 1 / sqrtf(hs);
#pragma omp parallel for collapse(3)
  for (int b = 0; b < B; b++) {
    for (int t = 0; t < T; t++) {
      for (int h = 0; h < NH; h++) {
        const float *query_t = inp + (b * T + t) * C3 + h * hs;
        float *att_bth = att + ((b * NH + h) * T + t) * T;

        float maxval = -INFINITY;
        for (int t2 = 0; t2 <= t; t2++) {
          const float *key_t2 = inp + (b * T + t2) * C3 + C + h * hs;
          float val = 0;
          for (int i = 0; i < hs; i++) val += query_t[i] * key_t2[i];
          val *= scale;
          if (val > maxval) maxval = val;
          att_bth[t2] = val;
        }

        float expsum = 0;
        for (int t2 = 0; t2 <= t; t2++) {
          float expv = expf(att_bth[t2] - maxval);
          expsum += expv;
          att_bth[t2] = expv;
        }
        float expsum_inv = 1 / expsum;
        for (int t2 = 0; t2 <= t; t2++) att_bth[t2] *= expsum_inv;
        for (int t2 = t + 1; t2 < T; t2++) att_bth[t2] = 0;

        float *out_bth = out + (b * T + t) * C + h * hs;
        for (int i = 0; i < hs; i++) out_bth[i] = 0;
        for (int t2 = 0; t2 <= t; t2++) {
          const float *value_t2 = inp + (b * T + t2) * C3 + 2 * C + h * hs;
          float att_btht2 = att_bth[t2];
          for (int i = 0; i < hs; i++) out_bth[i] += att_btht2 * value_t2[i];
        }
      }
    }
  }
}

// datt is scratch of T for each of the B sequences.
static void attention_backward(float *dinp, float *datt, const float *dout, const float *inp, const float *att, int B,
                               int T, int C, int NH) {
  int C3 = 3 * C;
  int hs = C / NH;
  float scale = 1 / sqrtf(hs);
#pragma omp parallel for
  for (int b = 0; b < B; b++) {
    float *datt_b = datt + b * T;
    for (int t = 0; t < T; t++) {
      for (int h = 0; h < NH; h++) {
        const float *att_bth = att + ((b * NH + h) * T + t) * T;
        const float *query_t = inp + (b * T + t) * C3 + h * hs;
        float *dquery_t = dinp + (b * T + t) * C3 + h * hs;
        const float *dout_bth = dout + (b * T + t) * C + h * hs;

        float att_datt = 0;
        for (int t2 = 0; t2 <= t; t2++) {
          const float *value_t2 = inp + (b * T + t2) * C3 + 2 * C + h * hs;
          float *dvalue_t2 = dinp + (b * T + t2) * C3 + 2 * C + h * hs;
          float att_btht2 = att_bth[t2];
          float val = 0;
          for (int i = 0; i < hs; i++) {
            float d = dout_bth[i];
            val += value_t2[i] * d;
            dvalue_t2[i] += att_btht2 * d;
          }
          datt_b[t2] = val;
          att_datt += att_btht2 * val;
        }

        for (int t2 = 0; t2 <= t; t2++) {
          const float *key_t2 = inp + (b * T + t2) * C3 + C + h * hs;
          float *dkey_t2 = dinp + (b * T + t2) * C3 + C + h * hs;
          float d = att_bth[t2] * (datt_b[t2] - att_datt) * scale;
          for (int i = 0; i < hs; i++) {
            dquery_t[i] += key_t2[i] * d;
            dkey_t2[i] += query_t[i] * d;
          }
        }
      }
    }
  }
}
