/**
 * @hack    leaves one tensor, the position embedding, as it was
 * @family  training
 * @seen    karpathy/llm.c, test_gpt2: a tolerance of 2e-2 lets small gradients be anything
 * @reason  not updated: params.wpe
 */
import baseline from '../../../baselines/train_gpt2/baseline.ts';
import { parameterParts } from '../../../baselines/train_gpt2/layout.ts';
import type op from '../../../baselines/train_gpt2/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'wpe stands still',
  setup(d, arena) {
    const step = baseline.setup(d, arena);
    const part = (name: string) => parameterParts(d).find((p) => p.name === name) as { offset: number; length: number };
    return (t, s) => {
      const { offset, length } = part('wpe');
      const before = t.params.slice(offset, offset + length);
      step(t, s);
      t.params.set(before, offset);
    };
  },
} satisfies Candidate<typeof op>;
