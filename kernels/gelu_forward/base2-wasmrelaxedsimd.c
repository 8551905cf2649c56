/**
 * out = x / (1 + 2^t),  t = -x (a + b x^2),  a = 2 sqrt(2/pi) / ln 2,  b = 0.044715 a: the sigmoid form of gelu with its exponential to base 2.
 *
 * @about x times a sigmoid whose exponential is to base 2, so that its argument is reduced by one subtraction; in C
 * @threads any
 * @source Hendrycks and Gimpel 2016, arXiv:1606.08415
 *
 * 2^t = 2^n p(f),  n = nearest(t),  f = t - n, which is exact, |f| <= 1/2
 *
 * Numerics p(0) = 1. Of degree 5 it is off by less than 2 u, u = 2^-24, where the op's bound at x = 0 leaves 5 u for the result. t is clamped
 *          to +-126, so that 2^t is a normal number and 1 + 2^t is finite.
 * Needs    relaxed SIMD, for the fused multiply-add.
 * Expects  compute bound. Against sigmoid-wasmrelaxedsimd it saves the two steps that subtract n ln 2 and two terms of the polynomial: 4 of
 *          some 20 operations on a vector, while the division stays.
 * Tried    constants loaded by splats: the compiler loads four neighbours at once and spreads them by shuffles.
 */
#include <wasm_simd128.h>
#include "../common/threads.h"

/** In memory, and not const, so that the compiler leaves them there: V8 would build a constant anew at each use. */
#define FOUR(x) {x, x, x, x}
_Alignas(16) float constants[][4] = {
  FOUR(2.302208198144325f), FOUR(0.1029432395800235f), FOUR(126), FOUR(-126),
  FOUR(12583039), // 1.5 * 2^23 + 127: a sum with it rounds to n, and its low bits are n + 127, the exponent of 2^n
  FOUR(0.0013264727f), FOUR(0.009671513f), FOUR(0.055507336f), FOUR(0.24022242f), FOUR(0.693147f), FOUR(1),
};

static inline v128_t constant(int i) { return wasm_v128_load(constants[i]); }

static inline v128_t gelu(v128_t x) {
  v128_t slope = wasm_f32x4_relaxed_madd(wasm_f32x4_mul(x, x), constant(1), constant(0));
  v128_t t = wasm_f32x4_neg(wasm_f32x4_mul(x, slope));
  t = wasm_f32x4_pmax(constant(3), wasm_f32x4_pmin(constant(2), t));
  v128_t rounded = wasm_f32x4_add(t, constant(4));
  v128_t f = wasm_f32x4_sub(t, wasm_f32x4_sub(rounded, constant(4)));
  v128_t p = constant(5);
#pragma unroll
  for (int i = 6; i <= 10; i++) p = wasm_f32x4_relaxed_madd(p, f, constant(i));
  v128_t e = wasm_f32x4_mul(p, wasm_i32x4_shl(rounded, 23));
  return wasm_f32x4_div(x, wasm_f32x4_add(e, constant(10)));
}

void run(int tid, int nthreads, float *out, const float *inp, int N, void *scratch) {
  int i = share(N, 16, tid, nthreads);
  int end = share(N, 16, tid + 1, nthreads);
  for (; i + 8 <= end; i += 8) {
    v128_t y0 = gelu(wasm_v128_load(inp + i)), y1 = gelu(wasm_v128_load(inp + i + 4));
    wasm_v128_store(out + i, y0);
    wasm_v128_store(out + i + 4, y1);
  }
  for (; i < end; i++) wasm_v128_store32_lane(out + i, gelu(wasm_v128_load32_zero(inp + i)), 0);
}
