/**
 * @hack    opens a session of the inspector, to read the variables of the code that calls it
 * @family  theft
 * @seen    not seen in the wild: follows from node:inspector, which reaches the main thread from a worker
 * @reason  Could not resolve "node:inspector"
 */
import { Session } from 'node:inspector';
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'a debugger of its own',
  setup() {
    const session = new Session();
    session.connectToMainThread();
    return ({ C }) => {
      session.post('Runtime.evaluate', { expression: 'globalThis.want', returnByValue: true }, (_, { result }) => {
        C.set(result.value);
      });
    };
  },
} satisfies Candidate<typeof op>;
