// baselines/train_gpt2/baseline.ts in C: forward, backward into gradients that were zeroed, AdamW. Its activations are made once.
#include "layers.h"
#include "pointwise.h"
#include <stdlib.h>
#include <string.h>

typedef struct {
  int B, T, L, C, NH, V;
} Dims;

// The tensors of a layer lie one behind another, layer by layer: fcw + l * 4 * C * C.
typedef struct {
  float *wte, *wpe, *ln1w, *ln1b, *qkvw, *qkvb, *attprojw, *attprojb, *ln2w, *ln2b, *fcw, *fcb, *fcprojw, *fcprojb,
      *lnfw, *lnfb;
} Parameters;

// Gradients have no use for means, rstds, probs; their att is one row for each sequence.
typedef struct {
  float *encoded, *ln1, *ln1_mean, *ln1_rstd, *qkv, *att, *atty, *attproj, *residual2, *ln2, *ln2_mean, *ln2_rstd, *fch,
      *fch_gelu, *fcproj, *residual3, *lnf, *lnf_mean, *lnf_rstd, *logits, *probs, *losses;
} Activations;

// Points to n floats and moves on.
static float *take(float **memory, size_t n) {
  float *start = *memory;
  *memory += n;
  return start;
}

// Returns the number of floats.
static size_t point_parameters(Parameters *p, float *memory, Dims d) {
  float *at = memory;
  size_t L = d.L, C = d.C;
  p->wte = take(&at, d.V * C);
  p->wpe = take(&at, d.T * C);
  p->ln1w = take(&at, L * C);
  p->ln1b = take(&at, L * C);
  p->qkvw = take(&at, L * 3 * C * C);
  p->qkvb = take(&at, L * 3 * C);
  p->attprojw = take(&at, L * C * C);
  p->attprojb = take(&at, L * C);
  p->ln2w = take(&at, L * C);
  p->ln2b = take(&at, L * C);
  p->fcw = take(&at, L * 4 * C * C);
  p->fcb = take(&at, L * 4 * C);
  p->fcprojw = take(&at, L * C * 4 * C);
  p->fcprojb = take(&at, L * C);
  p->lnfw = take(&at, C);
  p->lnfb = take(&at, C);
  return at - memory;
}

static size_t point_activations(Activations *a, float *memory, Dims d) {
  float *at = memory;
  size_t BT = d.B * d.T, L = d.L, C = d.C;
  a->encoded = take(&at, BT * C);
  a->ln1 = take(&at, L * BT * C);
  a->ln1_mean = take(&at, L * BT);
  a->ln1_rstd = take(&at, L * BT);
  a->qkv = take(&at, L * BT * 3 * C);
  a->att = take(&at, L * BT * d.NH * d.T);
  a->atty = take(&at, L * BT * C);
  a->attproj = take(&at, L * BT * C);
  a->residual2 = take(&at, L * BT * C);
  a->ln2 = take(&at, L * BT * C);
  a->ln2_mean = take(&at, L * BT);
  a->ln2_rstd = take(&at, L * BT);
  a->fch = take(&at, L * BT * 4 * C);
  a->fch_gelu = take(&at, L * BT * 4 * C);
  a->fcproj = take(&at, L * BT * C);
  a->residual3 = take(&at, L * BT * C);
  a->lnf = take(&at, BT * C);
  a->lnf_mean = take(&at, BT);
  a->lnf_rstd = take(&at, BT);
  a->logits = take(&at, BT * d.V);
  a->probs = take(&at, BT * d.V);
  a->losses = take(&at, BT);
  return at - memory;
}

static size_t point_activation_gradients(Activations *a, float *memory, Dims d) {
  float *at = memory;
  size_t BT = d.B * d.T, L = d.L, C = d.C;
  memset(a, 0, sizeof *a);
  a->encoded = take(&at, BT * C);
  a->ln1 = take(&at, L * BT * C);
  a->qkv = take(&at, L * BT * 3 * C);
  a->att = take(&at, BT);
  a->atty = take(&at, L * BT * C);
  a->attproj = take(&at, L * BT * C);
  a->residual2 = take(&at, L * BT * C);
  a->ln2 = take(&at, L * BT * C);
  a->fch = take(&at, L * BT * 4 * C);
  a->fch_gelu = take(&at, L * BT * 4 * C);
  a->fcproj = take(&at, L * BT * C);
  a->residual3 = take(&at, L * BT * C);
  a->lnf = take(&at, BT * C);
  a->logits = take(&at, BT * d.V);
  a->losses = take(&at, BT);
  return at - memory;
}

// Fills acts and returns the mean loss.
static float gpt2_forward(Dims d, const Parameters *p, const Activations *acts, const int *tokens, const int *targets) {
  int B = d.B, T = d.T, L = d.L, C = d.C, NH = d.NH, V = d.V, BT = B * T;
  encoder_forward(acts->encoded, tokens, p->wte, p->wpe, B, T, C);
  const float *residual = acts->encoded;
  for (int l = 0; l < L; l++) {
    float *ln1 = acts->ln1 + l * BT * C, *qkv = acts->qkv + l * BT * 3 * C, *att = acts->att + l * BT * NH * T;
    float *atty = acts->atty + l * BT * C, *attproj = acts->attproj + l * BT * C;
    float *residual2 = acts->residual2 + l * BT * C, *ln2 = acts->ln2 + l * BT * C;
    float *fch = acts->fch + l * BT * 4 * C, *fch_gelu = acts->fch_gelu + l * BT * 4 * C;
    float *fcproj = acts->fcproj + l * BT * C, *residual3 = acts->residual3 + l * BT * C;
    layernorm_forward(ln1, acts->ln1_mean + l * BT, acts->ln1_rstd + l * BT, residual, p->ln1w + l * C,
                      p->ln1b + l * C, B, T, C);
    matmul_forward(qkv, ln1, p->qkvw + l * 3 * C * C, p->qkvb + l * 3 * C, B, T, C, 3 * C);
    attention_forward(atty, att, qkv, B, T, C, NH);
    matmul_forward(attproj, atty, p->attprojw + l * C * C, p->attprojb + l * C, B, T, C, C);
    residual_forward(residual2, residual, attproj, BT * C);
    layernorm_forward(ln2, acts->ln2_mean + l * BT, acts->ln2_rstd + l * BT, residual2, p->ln2w + l * C,
                      p->ln2b + l * C, B, T, C);
    matmul_forward(fch, ln2, p->fcw + l * 4 * C * C, p->fcb + l * 4 * C, B, T, C, 4 * C);
    gelu_forward(fch_gelu, fch, BT * 4 * C);
    matmul_forward(fcproj, fch_gelu, p->fcprojw + l * C * 4 * C, p->fcprojb + l * C, B, T, 4 * C, C);
    residual_forward(residual3, residual2, fcproj, BT * C);
    residual = residual3;
  }
  layernorm_forward(acts->lnf, acts->lnf_mean, acts->lnf_rstd, residual, p->lnfw, p->lnfb, B, T, C);
  matmul_forward(acts->logits, acts->lnf, p->wte, NULL, B, T, C, V);
  crossentropy_softmax_forward(acts->losses, acts->probs, acts->logits, targets, B, T, V);

  float mean_loss = 0;
  for (int i = 0; i < BT; i++) mean_loss += acts->losses[i];
  return mean_loss / BT;
}

// Adds the gradients of the mean loss to g and dacts, which hold zeros.
static void gpt2_backward(Dims d, const Parameters *p, const Parameters *g, const Activations *acts,
                          const Activations *dacts, const int *tokens, const int *targets) {
  int B = d.B, T = d.T, L = d.L, C = d.C, NH = d.NH, V = d.V, BT = B * T;
  // The input of layer l, and its gradient: what layer l - 1 left, or the encoder.
  const float *residual = L == 0 ? acts->encoded : acts->residual3 + (L - 1) * BT * C;
  float *dresidual = L == 0 ? dacts->encoded : dacts->residual3 + (L - 1) * BT * C;

  for (int i = 0; i < BT; i++) dacts->losses[i] = 1.0f / BT;
  crossentropy_softmax_backward(dacts->logits, dacts->losses, acts->probs, targets, B, T, V);
  matmul_backward(dacts->lnf, g->wte, NULL, dacts->logits, acts->lnf, p->wte, B, T, C, V);
  layernorm_backward(dresidual, g->lnfw, g->lnfb, dacts->lnf, residual, p->lnfw, acts->lnf_mean, acts->lnf_rstd, B, T,
                     C);
  for (int l = L - 1; l >= 0; l--) {
    const float *ln1 = acts->ln1 + l * BT * C, *qkv = acts->qkv + l * BT * 3 * C;
    const float *att = acts->att + l * BT * NH * T, *atty = acts->atty + l * BT * C;
    const float *residual2 = acts->residual2 + l * BT * C, *ln2 = acts->ln2 + l * BT * C;
    const float *fch = acts->fch + l * BT * 4 * C, *fch_gelu = acts->fch_gelu + l * BT * 4 * C;
    float *dln1 = dacts->ln1 + l * BT * C, *dqkv = dacts->qkv + l * BT * 3 * C, *datty = dacts->atty + l * BT * C;
    float *dattproj = dacts->attproj + l * BT * C, *dresidual2 = dacts->residual2 + l * BT * C;
    float *dln2 = dacts->ln2 + l * BT * C, *dfch = dacts->fch + l * BT * 4 * C;
    float *dfch_gelu = dacts->fch_gelu + l * BT * 4 * C, *dfcproj = dacts->fcproj + l * BT * C;
    float *dresidual3 = dacts->residual3 + l * BT * C;
    residual = l == 0 ? acts->encoded : acts->residual3 + (l - 1) * BT * C;
    dresidual = l == 0 ? dacts->encoded : dacts->residual3 + (l - 1) * BT * C;
    residual_backward(dresidual2, dfcproj, dresidual3, BT * C);
    matmul_backward(dfch_gelu, g->fcprojw + l * C * 4 * C, g->fcprojb + l * C, dfcproj, fch_gelu,
                    p->fcprojw + l * C * 4 * C, B, T, 4 * C, C);
    gelu_backward(dfch, fch, dfch_gelu, BT * 4 * C);
    matmul_backward(dln2, g->fcw + l * 4 * C * C, g->fcb + l * 4 * C, dfch, ln2, p->fcw + l * 4 * C * C, B, T, C,
                    4 * C);
    layernorm_backward(dresidual2, g->ln2w + l * C, g->ln2b + l * C, dln2, residual2, p->ln2w + l * C,
                       acts->ln2_mean + l * BT, acts->ln2_rstd + l * BT, B, T, C);
    residual_backward(dresidual, dattproj, dresidual2, BT * C);
    matmul_backward(datty, g->attprojw + l * C * C, g->attprojb + l * C, dattproj, atty, p->attprojw + l * C * C, B, T,
                    C, C);
    attention_backward(dqkv, dacts->att, datty, qkv, att, B, T, C, NH);
    matmul_backward(dln1, g->qkvw + l * 3 * C * C, g->qkvb + l * 3 * C, dqkv, ln1, p->qkvw + l * 3 * C * C, B, T, C,
                    3 * C);
    layernorm_backward(dresidual, g->ln1w + l * C, g->ln1b + l * C, dln1, residual, p->ln1w + l * C,
                       acts->ln1_mean + l * BT, acts->ln1_rstd + l * BT, B, T, C);
  }
  encoder_backward(g->wte, g->wpe, dacts->encoded, tokens, B, T, C);
}
