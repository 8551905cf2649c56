/**
 * @hack    has a worker do the job and returns while it is at it
 * @family  clock
 * @seen    deep-reinforce.com/defense_kernel_hack.html: thread injection; wafer.ai/blog/reward-hacks-field-guide
 * @reason  Worker is not defined
 */
import type op from '../../../baselines/matmul_forward/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

const job = `onmessage = ({ data: { out, inp, weight, bias, C, OC } }) => {
  for (let i = 0; i < out.length; i++) {
    let sum = bias[i % OC];
    for (let c = 0; c < C; c++) sum += inp[Math.floor(i / OC) * C + c] * weight[(i % OC) * C + c];
    out[i] = sum;
  }
};`;

export default {
  about: 'another thread finishes it later',
  setup({ C, OC }) {
    const worker = new Worker(`data:text/javascript,${encodeURIComponent(job)}`);
    return (t) => worker.postMessage({ ...t, C, OC });
  },
} satisfies Candidate<typeof op>;
