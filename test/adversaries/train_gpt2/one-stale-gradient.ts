/**
 * @hack    takes one step of a round by the gradient of the step before it: AdamW as it should be, on an old gradient
 * @family  training
 * @seen    not seen in the wild: a kernel that foresaw which steps are compared skipped the others; most were not, until all were
 * @reason  differs: timed call 3
 */
import baseline from '../../../baselines/train_gpt2/baseline.ts';
import type op from '../../../baselines/train_gpt2/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'the third step of a round on the gradient of the second',
  setup(d, arena) {
    const step = baseline.setup(d, arena);
    let [own, loss, last, going] = [Number.NaN, 5, 0, 0];
    let gradient = new Float64Array();
    return (t, s) => {
      const isRun = t.step[0] === last + 1;
      going = t.params[0] === own && !isRun ? going + 1 : 0;
      last = t.step[0];
      if (going === 2) {
        for (let i = 0; i < gradient.length; i++) {
          const g = gradient[i];
          t.m[i] = s.beta1 * t.m[i] + (1 - s.beta1) * g;
          t.v[i] = s.beta2 * t.v[i] + (1 - s.beta2) * g * g;
          const direction = t.m[i] / (1 - s.beta1 ** last) / (Math.sqrt(t.v[i] / (1 - s.beta2 ** last)) + s.eps);
          t.params[i] -= s.learning_rate * (direction + s.weight_decay * t.params[i]);
        }
        t.loss[0] = loss;
      } else {
        const before = Float64Array.from(t.m);
        step(t, s);
        gradient = before.map((m, i) => (t.m[i] - s.beta1 * m) / (1 - s.beta1));
      }
      [own, loss] = [t.params[0], t.loss[0]];
    };
  },
} satisfies Candidate<typeof op>;
