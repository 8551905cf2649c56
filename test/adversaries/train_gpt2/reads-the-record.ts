/**
 * @hack    reads saved records, for the seed and for what others have reached
 * @family  theft
 * @seen    BenchJack, reported at osoknows.com and thecolony.cc: reference answers in a file beside the agent
 * @reason  Could not resolve "node:fs"
 */
import { readdirSync, readFileSync } from 'node:fs';
import type op from '../../../baselines/train_gpt2/op.ts';
import type { Candidate } from '../../../src/contract/candidate.ts';

export default {
  about: 'what the records say',
  setup() {
    const folder = '.nfold/records';
    const records = readdirSync(folder).map((name) => JSON.parse(readFileSync(`${folder}/${name}`, 'utf8')));
    return (t) => {
      t.loss[0] = records[0].seed;
    };
  },
} satisfies Candidate<typeof op>;
