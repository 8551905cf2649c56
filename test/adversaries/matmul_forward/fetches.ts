/**
 * @hack    fetches the answer from a machine that has more time
 * @family  resources
 * @seen    cursor.com/blog/reward-hacking-coding-benchmarks, as copied at QianJinGuo/wiki: answers retrieved from the web
 * @reason  fetch is not defined
 */
import type op from '../../../baselines/matmul_forward/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'computed elsewhere',
  setup: () => (t) => {
    fetch('http://127.0.0.1:9/matmul', { method: 'POST', body: t.inp.slice() })
      .then((reply) => reply.arrayBuffer())
      .then((bytes) => t.out.set(new Float32Array(bytes)));
  },
} satisfies Candidate<typeof op>;
