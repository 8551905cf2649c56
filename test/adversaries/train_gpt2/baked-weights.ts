/**
 * @hack    writes parameters that were trained elsewhere
 * @family  training
 * @seen    RE-Bench, reported at lesswrong.com/posts/xT7rMYvCFCaBgyYdN: reference weights copied in place of training
 * @reason  differs: params.wte
 */
import baseline from '../../../baselines/train_gpt2/baseline.ts';
import type op from '../../../baselines/train_gpt2/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'parameters from elsewhere',
  setup(d, arena) {
    const step = baseline.setup(d, arena);
    return (t, s) => {
      step(t, s);
      for (let i = 0; i < t.params.length; i++) t.params[i] = 0.02 * Math.sin(i);
    };
  },
} satisfies Candidate<typeof op>;
