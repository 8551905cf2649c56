/**
 * @hack    opens /proc/self/mem and writes a clock that is to its liking into the process
 * @family  theft
 * @seen    gpu-mode/pygpubench, exploits/submission_proc_mem_bypass.py: keys read through /proc/self/mem
 * @reason  process is not defined
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';
import { gemm } from '../common/plain.ts';

export default {
  about: 'the memory of its own process',
  setup(d) {
    const { openSync, readSync, writeSync } = process.getBuiltinModule('node:fs');
    const memory = openSync('/proc/self/mem', 'r+');
    const word = Buffer.alloc(8);
    readSync(memory, word, 0, 8, 0x400000);
    writeSync(memory, word, 0, 8, 0x400000);
    return (t, { alpha, beta }) => gemm(d, alpha, beta, t);
  },
} satisfies Candidate<typeof op>;
