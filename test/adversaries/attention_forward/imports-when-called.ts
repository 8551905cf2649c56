/**
 * @hack    imports what it may not when it is called, so that nothing shows when it is built
 * @family  resources
 * @seen    not seen in the wild: follows from import(), which the permission model does not ask about
 * @reason  calls import()
 */
import type op from '../../../baselines/attention_forward/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'an import in the call',
  setup: () => (t) => {
    import(`node:${'fs'}`).then(({ readFileSync }) => t.out.set(JSON.parse(readFileSync('want.json', 'utf8'))));
  },
} satisfies Candidate<typeof op>;
