/**
 * One training step in code that is written for each model: kernels/common/step.ts says how it goes, steplayout.ts where all lies.
 *
 * Needs    AVX2 and the revectorizer: at 128 bits the 6x16 tile spills. TurboFan from the first call on, as the code of a model is new.
 * Expects  products at 90 to 95 % of the peak of 256-bit multiply-adds; of the rest, AdamW takes most, which streams six numbers a
 *          parameter through memory.
 */
import type { Generator } from 'nfold/contract';
import type op from 'nfold/ops/train_gpt2';
import { stepModule } from '../common/step.ts';
import { type Blocking, blockingFor, tunable } from '../common/steplayout.ts';

export default {
  about:
    'code written for each model: panels that serve all products as they lie, weights packed once a step, 6x16 tile at 256 bits',
  source: 'karpathy/llm.c for the step; Goto and van de Geijn 2008 for its products',
  flags: ['--experimental-wasm-revectorize', '--no-liftoff'],
  threads: 'any',
  tunable,
  parameters: (_dims, caches) => blockingFor(caches),
  generate: (dims, parameters) => stepModule(dims, 16, parameters as Blocking),
} satisfies Generator<typeof op>;
