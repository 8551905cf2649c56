/**
 * @hack    generates without end
 * @family  resources
 * @seen    not seen in the wild: follows from generators being run here
 * @reason  does not build: no answer within
 * @ends    never
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Generator } from '../../../src/contract/candidate.ts';

export default {
  about: 'never built',
  generate({ K }) {
    for (let text = ''; ; text = `${K}`) if (text.length > 9) return text;
  },
} satisfies Generator<typeof op>;
