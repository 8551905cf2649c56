/** AdamW that takes another step than it is told to, and what the checks of `nfold verify --quick` on small shapes say of it. */

import { adamw } from '../../baselines/adamw/baseline.ts';
import op from '../../baselines/adamw/op.ts';
import oracle from '../../baselines/adamw/oracle.ts';
import type { DimsOf, ScalarsOf, TensorsOf } from '../../src/contract/op.ts';
import { compose } from '../../src/judge/compose.ts';
import { tensorsOf } from '../../src/judge/image.ts';
import { inspect } from '../../src/judge/inspect.ts';
import { drawnCases, planChecks } from '../../src/judge/plan.ts';
import { deriveSeed } from '../../src/judge/seed.ts';

type Kernels = Readonly<Record<string, (step: number) => number>>;

const never = Number.POSITIVE_INFINITY;

export const wrong: Kernels = {
  'stands still from step 1,000 on': (t) => Math.min(t, 1000),
  'stands still from step 10,000 on': (t) => Math.min(t, 10_000),
  'without corrections from step 1,001 on': (t) => (t > 1000 ? never : t),
  'without corrections from step 2,000 on': (t) => (t >= 2000 ? never : t),
  'steps in 16 bits': (t) => t & 0xffff,
  'steps in 16 bits and a sign': (t) => (t << 16) >> 16,
  'wrong from step 2^16 on': (t) => (t >= 2 ** 16 ? 1000 : t),
  'wrong from step 2^24 on': (t) => (t >= 2 ** 24 ? 1000 : t),
  'wrong beyond step 2^24': (t) => (t > 2 ** 24 ? 1000 : t),
};

/** Where the correction is 1 to within a rounding, and where steps are counted in f32. */
export const rounding: Kernels = { 'stands still from step 1,000,000 on': (t) => Math.min(t, 1e6), f32: Math.fround };

/** Those that no check of this seed finds wrong. */
export function missed(seed: number, kernels: Kernels): string[] {
  let left = Object.keys(kernels);
  const cases = [...op.edges, ...drawnCases(op, seed)].filter(({ dims }) => dims.N <= 3000);
  for (const { case: c, distribution } of planChecks(op, cases, { seed, repeats: 1, timedShapes: false })) {
    if (left.length === 0) break;
    const drawing = { op, case: c, distribution, text: new Uint8Array() };
    const image = compose(drawing, deriveSeed(seed, op.caseName(c), distribution));
    const [dims, scalars] = [c.dims as DimsOf<typeof op>, image.scalars as ScalarsOf<typeof op>];
    const truths = oracle.truths(dims, scalars, image.tensors as never);
    const bounds = op.bounds({ dims, scalars, distribution, inputs: image.tensors, truths, baseline: null });
    const { learning_rate, beta1, beta2, eps, weight_decay } = scalars;
    left = left.filter((name) => {
      const after = image.bytes.slice();
      const { params, m, v, grads, step } = tensorsOf(after, image.layout) as TensorsOf<typeof op>;
      adamw(params, m, v, grads, dims.N, kernels[name](step[0]), learning_rate, beta1, beta2, eps, weight_decay);
      return !('finding' in inspect(image, after, { truths, bounds }));
    });
  }
  return left;
}
