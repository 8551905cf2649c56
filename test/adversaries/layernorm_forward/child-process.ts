/**
 * @hack    starts a process that may do what it may not
 * @family  resources
 * @seen    sandboxes escaped by child_process: patriksimek/vm2 issue 515
 * @reason  Could not resolve "node:child_process"
 */
import { execSync } from 'node:child_process';
import type op from '../../../baselines/layernorm_forward/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'a process of its own',
  setup: () => (t) => {
    t.out.set(JSON.parse(execSync('cat ./want.json', { encoding: 'utf8' })));
  },
} satisfies Candidate<typeof op>;
