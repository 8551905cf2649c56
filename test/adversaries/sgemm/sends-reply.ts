/**
 * @hack    answers the parent itself: every id that may be asked for, a nanosecond for each call
 * @family  forgery
 * @seen    gpu-mode/pygpubench issue 23: authenticated results forged from inside the measured process
 * @reason  process is not defined
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'a reply of its own',
  setup: () => () => {
    for (let id = 1; id < 1000; id++)
      process.send?.({ id, ok: true, samples: { timeNs: [1], queuedNs: null, reads: [[]] } });
  },
} satisfies Candidate<typeof op>;
