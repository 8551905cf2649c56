/**
 * @hack    has the engine fail over a name that is no text, catches the error, which is of the realm outside, and finds promises there
 *          that settle: the work is done after the call
 * @family  clock
 * @seen    not seen in the wild as such; errors of the host as a way out: patriksimek/vm2 issues 32 and 562
 * @reason  changed later | differs
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from '../common/plain.ts';

function errorFromOutside(): object {
  try {
    return { stack: Object.assign(new Error(), { name: Symbol('no text') }).stack };
  } catch (error) {
    return error as object;
  }
}

/** The last prototype of all is that of Object, out there. */
function objectOf(thing: object): ObjectConstructor {
  const above = Object.getPrototypeOf(thing);
  return above ? objectOf(above) : (thing.constructor as ObjectConstructor);
}

export default {
  about: 'a promise from outside',
  setup(d) {
    const arrays = objectOf(errorFromOutside()).keys({}).constructor as ArrayConstructor;
    return (t, { alpha, beta }) => {
      arrays.fromAsync([0], () => gemm(d, alpha, beta, t));
    };
  },
} satisfies Candidate<typeof op>;
