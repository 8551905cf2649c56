/**
 * @hack    rounds what it adds to the first moment to 11 bits, as half precision would, where a step continues from its own state
 * @family  numerics
 * @seen    KernelBench issue 74, and METR's account of it: half precision where only large errors are looked for
 * @reason  differs: timed call
 */
import baseline from '../../../baselines/train_gpt2/baseline.ts';
import type op from '../../../baselines/train_gpt2/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

const bits = new Int32Array(1);
const float = new Float32Array(bits.buffer);

export default {
  about: 'gradients of 11 bits in steps that nobody starts',
  setup(d, arena) {
    const step = baseline.setup(d, arena);
    let [own, last] = [Number.NaN, 0];
    return (t, s) => {
      const continued = t.params[0] === own && t.step[0] !== last + 1;
      const before = Float32Array.from(t.m);
      step(t, s);
      if (continued) {
        for (let i = 0; i < before.length; i++) {
          float[0] = t.m[i] - s.beta1 * before[i];
          bits[0] &= ~0x1fff;
          t.m[i] = s.beta1 * before[i] + float[0];
        }
      }
      [own, last] = [t.params[0], t.step[0]];
    };
  },
} satisfies Candidate<typeof op>;
