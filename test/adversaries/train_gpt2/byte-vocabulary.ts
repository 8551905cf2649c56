/**
 * @hack    has 256 ids whatever V is, as all timed models do: the rows of others take no part
 * @family  training
 * @seen    not seen in the wild; made up here
 * @reason  differs
 */
import baseline from '../../../baselines/train_gpt2/baseline.ts';
import { parameterCount } from '../../../baselines/train_gpt2/layout.ts';
import type op from '../../../baselines/train_gpt2/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'a vocabulary of bytes',
  setup(d, arena) {
    const N = parameterCount({ ...d, V: 256 });
    const [wte, rest] = [256 * d.C, d.V * d.C];
    const step = baseline.setup({ ...d, V: 256 }, arena);
    const [params, m, v] = [0, 1, 2].map(() => arena.f32(N));
    const [tokens, targets] = [0, 1].map(() => arena.i32(d.B * d.T));
    return (t, s) => {
      const pairs = [[params, t.params] as const, [m, t.m] as const, [v, t.v] as const];
      for (const [own, all] of pairs) {
        own.set(all.subarray(0, wte));
        own.set(all.subarray(rest), wte);
      }
      for (let i = 0; i < tokens.length; i++) [tokens[i], targets[i]] = [t.tokens[i] & 255, t.targets[i] & 255];
      step({ ...t, params, m, v, tokens, targets }, s);
      for (const [own, all] of pairs) {
        all.set(own.subarray(0, wte));
        all.set(own.subarray(wte), rest);
      }
    };
  },
} satisfies Candidate<typeof op>;
