/**
 * @hack    pollutes Object.prototype with the fields of a good verdict, and with setters that swallow others; answers with zeros
 * @family  sabotage
 * @seen    not seen in the wild as such: prototype pollution, the usual way to change code that one can't reach
 * @reason  differs
 */
import type op from '../../../baselines/residual_forward/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'every object is fine',
  setup() {
    Object.assign(Object.prototype, { worst: 0, status: 'pass', bound: Number.POSITIVE_INFINITY });
    for (const name of ['finding', 'failure', 'error']) {
      Object.defineProperty(Object.prototype, name, { configurable: true, get: () => undefined, set() {} });
    }
    return ({ out }) => {
      out.fill(0);
    };
  },
} satisfies Candidate<typeof op>;
