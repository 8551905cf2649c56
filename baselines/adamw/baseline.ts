/**
 * m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2
 * params -= learning_rate (m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + eps) + weight_decay params)
 *
 * Shapes   params, m, v, grads (N); t, the step, counts from 1.
 * Work     about 15 N flop; memory bound.
 * Source   Loshchilov and Hutter 2019, arXiv:1711.05101; llm.c's loop, the two powers of beta taken out of it.
 */
import type { Candidate } from '../../src/contract/candidate.ts';
import type op from './op.ts';

export function adamw(
  params: Float32Array,
  m: Float32Array,
  v: Float32Array,
  grads: Float32Array,
  N: number,
  t: number,
  learning_rate: number,
  beta1: number,
  beta2: number,
  eps: number,
  weight_decay: number,
): void {
  const beta1_correction = 1 - beta1 ** t;
  const beta2_correction = 1 - beta2 ** t;
  for (let i = 0; i < N; i++) {
    const param = params[i];
    const grad = grads[i];
    const m_i = beta1 * m[i] + (1 - beta1) * grad;
    const v_i = beta2 * v[i] + (1 - beta2) * grad * grad;
    const m_hat = m_i / beta1_correction;
    const v_hat = v_i / beta2_correction;
    m[i] = m_i;
    v[i] = v_i;
    params[i] = param - learning_rate * (m_hat / (Math.sqrt(v_hat) + eps) + weight_decay * param);
  }
}

export default {
  about: "llm.c's loop, the powers of beta taken out of it",
  source: 'karpathy/llm.c, train_gpt2.c',
  setup({ N }) {
    return ({ params, m, v, grads, step }, { learning_rate, beta1, beta2, eps, weight_decay }) =>
      adamw(params, m, v, grads, N, step[0], learning_rate, beta1, beta2, eps, weight_decay);
  },
} satisfies Candidate<typeof op>;
