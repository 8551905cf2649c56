/**
 * panels-6x16 at 128 bits: each tile does its left and its right half one after the other. No flag is needed.
 *
 * Needs    relaxed SIMD.
 * Expects  the shares of half the peak that panels-6x16 has of the whole, and some points more: what is no product takes less of the time.
 */
import type { Generator } from 'nfold/contract';
import type op from 'nfold/ops/train_gpt2';
import { stepModule } from '../common/step.ts';
import { type Blocking, blockingFor, tunable } from '../common/steplayout.ts';

export default {
  about: 'as panels-6x16, with a 6x8 tile at 128 bits',
  source: 'karpathy/llm.c for the step; Goto and van de Geijn 2008 for its products',
  threads: 'any',
  tunable,
  parameters: (_dims, caches) => blockingFor(caches),
  generate: (dims, parameters) => stepModule(dims, 8, parameters as Blocking),
} satisfies Generator<typeof op>;
