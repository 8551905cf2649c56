/**
 * @hack    leaves the gradient of one bias out
 * @family  training
 * @seen    karpathy/llm.c, test_gpt2: a tolerance of 2e-2 lets small gradients be anything
 * @reason  differs: m.qkvb
 */
import baseline from '../../../baselines/train_gpt2/baseline.ts';
import { parameterParts } from '../../../baselines/train_gpt2/layout.ts';
import type op from '../../../baselines/train_gpt2/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'no gradient for qkvb',
  setup(d, arena) {
    const step = baseline.setup(d, arena);
    const part = (name: string) => parameterParts(d).find((p) => p.name === name) as { offset: number; length: number };
    return (t, s) => {
      const { offset, length } = part('qkvb');
      const m = t.m.slice(offset, offset + length);
      step(t, s);
      for (let i = 0; i < length; i++) t.m[offset + i] = s.beta1 * m[i];
    };
  },
} satisfies Candidate<typeof op>;
