/**
 * @hack    reads the oracle's file while its module is generated, where there is no clock to watch it
 * @family  theft
 * @seen    BenchJack, reported at osoknows.com and thecolony.cc: reference answers in a file beside the agent
 * @reason  process is not defined
 */
import type op from '../../../baselines/sgemm/op.ts';
import type { Generator } from '../../../src/contract/candidate.ts';

export default {
  about: 'made from the oracle',
  generate() {
    const oracle = process.getBuiltinModule('node:fs').readFileSync('baselines/sgemm/oracle.ts', 'utf8');
    return `(module ;; ${oracle}\n)`;
  },
} satisfies Generator<typeof op>;
