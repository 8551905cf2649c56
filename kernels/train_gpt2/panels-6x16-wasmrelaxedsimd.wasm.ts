/**
 * One training step in code that is written for each model; see kernels/common/step.ts.
 *
 * Needs    AVX2 and the revectorizer: at 128 bits the 6x16 tile spills.
 */
import type { Generator } from 'nfold/contract';
import type op from 'nfold/ops/train_gpt2';
import { stepModule } from '../common/step.ts';

export default {
  about:
    'code written for each model: one layout of panels for all products, weights packed once a step, work by a queue',
  source: 'karpathy/llm.c for the step; Goto and van de Geijn 2008 for its products',
  flags: ['--experimental-wasm-revectorize', '--no-liftoff'],
  threads: 'any',
  generate: (dims) => stepModule(dims, 16),
} satisfies Generator<typeof op>;
