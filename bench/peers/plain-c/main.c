// Serves one peer of nfold: reads commands on stdin, answers on stdout, ends with its input. Integers are 32 bits, of this machine.
//
//   O  name (32 bytes), counts of tensors, dims and scalars, lengths, dims, scalars    ->  1, or 0 for an op that is not here
//   L  all tensors                                                                     ->  nothing
//   R                                                                                  ->  nanoseconds of the work (f64)
//   S                                                                                  ->  all tensors
//
// Tensors, dims and scalars come in the order in which the op declares them.
#define _GNU_SOURCE
#include "gpt2.h"
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

enum { max_tensors = 16, max_dims = 16, max_scalars = 16, name_bytes = 32 };

static int tensors, dims, scalars;
static int lengths[max_tensors], d[max_dims];
static float *t[max_tensors], s[max_scalars];

// What train_gpt2 and attention_backward keep between calls.
static float *scratch[3];
static Activations acts, dacts;
static size_t grads_acts_length;

static const int *ids(int i) { return (const int *)t[i]; }

static void run_sgemm(void) {
  sgemm(t[0], t[1], t[2], d[0], d[1], d[2], d[3], d[4], d[5], d[6], d[7], s[0], s[1]);
}
static void run_encoder_forward(void) { encoder_forward(t[0], ids(1), t[2], t[3], d[0], d[1], d[2]); }
static void run_encoder_backward(void) { encoder_backward(t[0], t[1], t[2], ids(3), d[0], d[1], d[2]); }
static void run_layernorm_forward(void) { layernorm_forward(t[0], t[1], t[2], t[3], t[4], t[5], d[0], d[1], d[2]); }
static void run_layernorm_backward(void) {
  layernorm_backward(t[0], t[1], t[2], t[3], t[4], t[5], t[6], t[7], d[0], d[1], d[2]);
}
static void run_matmul_forward(void) { matmul_forward(t[0], t[1], t[2], t[3], d[0], d[1], d[2], d[3]); }
static void run_matmul_backward(void) {
  matmul_backward(t[0], t[1], t[2], t[3], t[4], t[5], d[0], d[1], d[2], d[3]);
}
static void run_attention_forward(void) { attention_forward(t[0], t[1], t[2], d[0], d[1], d[2], d[3]); }
static void run_attention_backward(void) {
  attention_backward(t[0], scratch[0], t[1], t[2], t[3], d[0], d[1], d[2], d[3]);
}
static void run_gelu_forward(void) { gelu_forward(t[0], t[1], d[0]); }
static void run_gelu_backward(void) { gelu_backward(t[0], t[1], t[2], d[0]); }
static void run_residual_forward(void) { residual_forward(t[0], t[1], t[2], d[0]); }
static void run_residual_backward(void) { residual_backward(t[0], t[1], t[2], d[0]); }
static void run_crossentropy_softmax_forward(void) {
  crossentropy_softmax_forward(t[0], t[1], t[2], ids(3), d[0], d[1], d[2]);
}
static void run_crossentropy_softmax_backward(void) {
  crossentropy_softmax_backward(t[0], t[1], t[2], ids(3), d[0], d[1], d[2]);
}
static void run_adamw(void) {
  adamw(t[0], t[1], t[2], t[3], d[0], ids(4)[0], s[0], s[1], s[2], s[3], s[4]);
}

static Dims gpt2_dims(void) { return (Dims){d[0], d[1], d[2], d[3], d[4], d[5]}; }

static void run_train_gpt2(void) {
  Dims dims = gpt2_dims();
  Parameters params, grads;
  size_t N = point_parameters(&params, t[0], dims);
  point_parameters(&grads, scratch[0], dims);
  t[6][0] = gpt2_forward(dims, &params, &acts, ids(3), ids(4));
  memset(scratch[0], 0, N * sizeof(float));
  memset(scratch[2], 0, grads_acts_length * sizeof(float));
  gpt2_backward(dims, &params, &grads, &acts, &dacts, ids(3), ids(4));
  adamw(t[0], t[1], t[2], scratch[0], N, ids(5)[0], s[0], s[1], s[2], s[3], s[4]);
}

static const struct {
  const char *name;
  void (*run)(void);
} ops[] = {
#define OP(name) {#name, run_##name}
    OP(sgemm), OP(train_gpt2), OP(encoder_forward), OP(encoder_backward), OP(layernorm_forward),
    OP(layernorm_backward), OP(matmul_forward), OP(matmul_backward), OP(attention_forward), OP(attention_backward),
    OP(gelu_forward), OP(gelu_backward), OP(residual_forward), OP(residual_backward),
    OP(crossentropy_softmax_forward), OP(crossentropy_softmax_backward), OP(adamw)};

// The end of the input is the end of this process.
static void get(void *to, size_t bytes) {
  for (size_t got = 0; got < bytes;) {
    ssize_t n = read(0, (char *)to + got, bytes - got);
    if (n <= 0) _exit(0);
    got += n;
  }
}

static void put(const void *from, size_t bytes) {
  for (size_t sent = 0; sent < bytes;) {
    ssize_t n = write(1, (const char *)from + sent, bytes - sent);
    if (n <= 0) _exit(0);
    sent += n;
  }
}

static float *floats(size_t length) {
  float *memory = malloc((length + 1) * sizeof(float));
  if (memory == NULL) _exit(2);
  return memory;
}

static void (*open_op(void))(void) {
  char name[name_bytes];
  int counts[3];
  get(name, sizeof name);
  get(counts, sizeof counts);
  for (int i = 0; i < tensors; i++) free(t[i]);
  for (int i = 0; i < 3; i++) {
    free(scratch[i]);
    scratch[i] = NULL;
  }
  tensors = counts[0], dims = counts[1], scalars = counts[2];
  if (tensors > max_tensors || dims > max_dims || scalars > max_scalars) _exit(2);
  get(lengths, tensors * sizeof(int));
  get(d, dims * sizeof(int));
  get(s, scalars * sizeof(float));
  for (int i = 0; i < tensors; i++) t[i] = floats(lengths[i]);
  if (strcmp(name, "attention_backward") == 0) scratch[0] = floats((size_t)d[0] * d[1]);
  if (strcmp(name, "train_gpt2") == 0) {
    Dims dims = gpt2_dims();
    grads_acts_length = point_activation_gradients(&dacts, NULL, dims);
    scratch[0] = floats(lengths[0]);
    scratch[1] = floats(point_activations(&acts, NULL, dims));
    scratch[2] = floats(grads_acts_length);
    point_activations(&acts, scratch[1], dims);
    point_activation_gradients(&dacts, scratch[2], dims);
  }
  for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++) {
    if (strncmp(name, ops[i].name, name_bytes) == 0) return ops[i].run;
  }
  return NULL;
}

static double now(void) {
  struct timespec ts;
  clock_gettime(CLOCK_MONOTONIC, &ts);
  return 1e9 * ts.tv_sec + ts.tv_nsec;
}

int main(void) {
#ifdef __linux__
  // Also while this process is stopped, when it would not see that its input has ended.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
  void (*run)(void) = NULL;
  for (;;) {
    char command;
    get(&command, 1);
    switch (command) {
    case 'O': {
      run = open_op();
      int known = run != NULL;
      put(&known, sizeof known);
      break;
    }
    case 'L':
      for (int i = 0; i < tensors; i++) get(t[i], lengths[i] * sizeof(float));
      break;
    case 'R': {
      double start = now();
      run();
      double took = now() - start;
      put(&took, sizeof took);
      break;
    }
    case 'S':
      for (int i = 0; i < tensors; i++) put(t[i], lengths[i] * sizeof(float));
      break;
    default:
      return 2;
    }
  }
}
