/**
 * @hack    keeps parameters of its own and writes those, whatever it is given
 * @family  training
 * @seen    RE-Bench, reported at lesswrong.com/posts/xT7rMYvCFCaBgyYdN: reference weights copied in place of training
 * @reason  differs: params.wte
 */
import baseline from '../../../baselines/train_gpt2/baseline.ts';
import type op from '../../../baselines/train_gpt2/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'its own parameters',
  setup(d, arena) {
    const step = baseline.setup(d, arena);
    let own: Float32Array[] | null = null;
    return (t, s) => {
      own ??= [t.params, t.m, t.v].map((x) => x.slice());
      for (const [i, x] of [t.params, t.m, t.v].entries()) x.set(own[i]);
      step(t, s);
      own = [t.params, t.m, t.v].map((x) => x.slice());
    };
  },
} satisfies Candidate<typeof op>;
