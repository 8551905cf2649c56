/**
 * @hack    allocates outside of the heap, where a limit for the heap sees nothing
 * @family  resources
 * @seen    not seen in the wild as such; follows from typed arrays lying outside of the heap
 * @reason  GiB of memory | no answer
 * @ends    never
 */
import type op from '../../../baselines/residual_forward/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'all of the memory, in buffers',
  setup: () => () => {
    // A page counts as soon as there is something in it.
    for (const all: Float32Array[] = []; ; ) {
      const more = new Float32Array(2 ** 28);
      for (let i = 0; i < more.length; i += 1024) more[i] = 1;
      all.push(more);
    }
  },
} satisfies Candidate<typeof op>;
