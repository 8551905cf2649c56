/**
 * @hack    makes a sloppy function from a string, which may see what modules may not
 * @family  theft
 * @seen    patriksimek/vm2 issue 32: a constructor's constructor as the way out of a sandbox
 * @reason  Code generation from strings disallowed
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'a constructor of functions',
  setup: () => (t) => {
    const make = (() => {}).constructor as (body: string) => () => { want?: Float32Array };
    const { want } = make('return this.process.mainModule')();
    if (want) t.C.set(want);
  },
} satisfies Candidate<typeof op>;
