/**
 * @hack    writes a result of its own making to the file descriptor of the channel to the parent
 * @family  forgery
 * @seen    gpu-mode/pygpubench, exploits/submission_fd_overwrite.py: forged times in the result pipe
 * @reason  Could not resolve "node:fs"
 */
import { writeSync } from 'node:fs';
import type op from '../../../baselines/matmul_forward/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'reports by itself',
  setup: () => () => {
    writeSync(3, '{"id":2,"ok":true,"samples":{"timeNs":[1],"reads":[[]]}}\n');
  },
} satisfies Candidate<typeof op>;
