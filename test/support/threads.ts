/** One candidate of each kind, verified at its least edge on so many threads. */

import { build, buildBaseline } from '../../src/build/build.ts';
import { scan } from '../../src/catalog/candidates.ts';
import { loadOp, loadOracle } from '../../src/catalog/ops.ts';
import { loadText } from '../../src/catalog/text.ts';
import { bySize } from '../../src/contract/op.ts';
import { planChecks } from '../../src/judge/plan.ts';
import { verify } from '../../src/judge/verify.ts';

const ids = [
  'adamw/onepass-wasmrelaxedsimd',
  'gelu_forward/base2-wasmrelaxedsimd',
  'residual_forward/unroll4-wasmsimd',
  'sgemm/ikj-ts',
  'sgemm/ikj-wasmsimd',
  'sgemm/packed-6x16-wasmrelaxedsimd',
  'sgemm/shaped-6x8-wasmrelaxedsimd',
  'sgemm/threads-6x8-wasmrelaxedsimd',
  'train_gpt2/fused-6x8-wasmrelaxedsimd',
];

export const kindsOf = () => new Set(scan().candidates.flatMap(({ id, kind }) => (ids.includes(id) ? [kind] : [])));

/** Their verdicts, by id; the message of one that is no pass. */
export async function verdictsAt(threads: number, ops: readonly string[]): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of ops) {
    const [op, oracle, baseline] = await Promise.all([loadOp(name), loadOracle(name), buildBaseline(name)]);
    const files = scan().candidates.filter(({ id, op }) => op === name && ids.includes(id));
    const variants = await Promise.all(files.map((file) => build(file)));
    // The least, and one with something for each thread.
    const sorted = bySize(op, op.edges);
    const extent = { seed: 20261128, repeats: 1, timedShapes: false };
    const checks = planChecks(op, [sorted[0], sorted[sorted.length - 1]], extent);
    const given = { op, oracle, baseline, variants, checks, threads, seed: 20261128 };
    const verdicts = await verify({ ...given, text: loadText(undefined, [op]).bytes });
    for (const [id, verdict] of verdicts) found[id] = 'message' in verdict ? verdict.message : verdict.status;
  }
  return found;
}
