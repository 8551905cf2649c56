// The ops in which no element, or no row, needs another: continues layers.h.
#include <math.h>

static void gelu_forward(float *out, const float *inp, int N) {
  const float scaling = sqrtf(2 / (float)M_PI);
#pragma omp parallel for
  for (int i = 0; i < N; i++) {
    float x = inp[i];
    float cube = 0.044715f * x * x * x;
    out[i] = 0.5f * x * (1 + tanhf(scaling * (x + cube)));
  }
}

static void gelu_backward(float *dinp, const float *inp, const float *dout, int N) {
  const float scaling = sqrtf(2 / (float)M_PI);
#pragma omp parallel for
  for (int i = 0; i < N; i++) {
    float x = inp[i];
    float cube = 0.044715f * x * x * x;
    float tanh = tanhf(scaling * (x + cube));
    float sech2 = 1 - tanh * tanh;
    float slope = 0.5f * (1 + tanh) + 0.5f * x * sech2 * scaling * (1 + 3 * 0.044715f * x * x);
    dinp[i] += slope * dout[i];
  }
}

static void residual_forward(float *out, const float *inp1, const float *inp2, int N) {
#pragma omp parallel for
  for (int i = 0; i < N; i++) out[i] = inp1[i] + inp2[i];
}

static void residual_backward(float *dinp1, float *dinp2, const float *dout, int N) {
#pragma omp parallel for
  for (int i = 0; i < N; i++) {
    float d = dout[i];
    dinp1[i] += d;
    dinp2[i] += d;
  }
}

static void crossentropy_softmax_forward(float *losses, float *probs, const float *logits, const int *targets, int B,
                                         int T, int V) {
#pragma omp parallel for collapse(2)
  for (int b = 0; b < B; b++) {
    for (int t = 0; t < T; t++) {
      const float *logits_bt = logits + (b * T + t) * V;
      float *probs_bt = probs + (b * T + t) * V;
      float maxval = -INFINITY;
      for (int i = 0; i < V; i++) {
        if (logits_bt[i] > maxval) maxval = logits_bt[i];
      }
      float sum = 0;
      for (int i = 0; i < V; i++) {
        float expv = expf(logits_bt[i] - maxval);
        sum += expv;
        probs_bt[i] = expv;
      }
      float sum_inv = 1 / sum;
      for (int i = 0; i < V; i++) probs_bt[i] *= sum_inv;
      losses[b * T + t] = logf(sum) + maxval - logits_bt[targets[b * T + t]];
    }
  }
}

static void crossentropy_softmax_backward(float *dlogits, const float *dlosses, const float *probs, const int *targets,
                                          int B, int T, int V) {
#pragma omp parallel for collapse(2)
  for (int b = 0; b < B; b++) {
    for (int t = 0; t < T; t++) {
      int bt = (b * T + t) * V;
      float dloss = dlosses[b * T + t];
      int ix = targets[b * T + t];
      for (int i = 0; i < V; i++) {
        float indicator = i == ix ? 1 : 0;
        dlogits[bt + i] += (probs[bt + i] - indicator) * dloss;
      }
    }
  }
}

static void adamw(float *params, float *m, float *v, const float *grads, int N, int t, float learning_rate,
                  float beta1, float beta2, float eps, float weight_decay) {
  float beta1_correction = 1 - pow(beta1, t);
  float beta2_correction = 1 - pow(beta2, t);
#pragma omp parallel for
  for (int i = 0; i < N; i++) {
    float param = params[i];
    float grad = grads[i];
    float m_i = beta1 * m[i] + (1 - beta1) * grad;
    float v_i = beta2 * v[i] + (1 - beta2) * grad * grad;
    float m_hat = m_i / beta1_correction;
    float v_hat = v_i / beta2_correction;
    m[i] = m_i;
    v[i] = v_i;
    params[i] = param - learning_rate * (m_hat / (sqrtf(v_hat) + eps) + weight_decay * param);
  }
}
