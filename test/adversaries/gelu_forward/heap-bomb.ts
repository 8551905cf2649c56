/**
 * @hack    allocates until the machine has no memory for others
 * @family  resources
 * @seen    not seen in the wild as such; an endless list is all that it takes
 * @reason  JavaScript heap limit | no answer
 * @ends    never
 */
import type op from '../../../baselines/gelu_forward/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'all of the memory',
  setup: () => () => {
    for (const all: number[][] = []; ; ) all.push(new Array(3e7).fill(1.5));
  },
} satisfies Candidate<typeof op>;
