/** The honest kernels of an op, candidates and odd ones, one under each seed in turn: verified in this process on all edges and on drawn shapes. */
import { type Built, build, buildBaseline } from '../../src/build/build.ts';
import { scan } from '../../src/catalog/candidates.ts';
import { loadOp, loadOracle } from '../../src/catalog/ops.ts';
import { loadText } from '../../src/catalog/text.ts';
import { drawnCases, planChecks } from '../../src/judge/plan.ts';
import type { Verdict } from '../../src/judge/verdict.ts';
import { verify } from '../../src/judge/verify.ts';
import { buildPacked, honest } from '../../src/selftest/pack.ts';
import { startHere } from './here.ts';

interface JudgedSeed {
  readonly kernel: string;
  readonly checks: number;
  readonly verdict: Verdict;
}

export async function honestKernels(name: string): Promise<(seed: number) => Promise<JudgedSeed>> {
  const [op, oracle, baseline] = await Promise.all([loadOp(name), loadOracle(name), buildBaseline(name)]);
  const odd = honest().filter((kernel) => kernel.op === name);
  const own = scan().candidates.filter((candidate) => candidate.op === name);
  const kernels = [
    ...own.map((candidate) => () => build(candidate)),
    ...odd.map((kernel) => () => buildPacked(kernel, op.cases[0].dims) as Promise<Built>),
  ];
  return async (seed) => {
    const variant = await kernels[seed % kernels.length]();
    const checks = planChecks(op, [...op.edges, ...drawnCases(op, seed)], { seed, repeats: 1, timedShapes: false });
    const given = { op, oracle, baseline, threads: 2, text: loadText(undefined, [op]).bytes, start: startHere };
    const verdicts = await verify({ ...given, variants: [variant], seed, checks });
    return { kernel: variant.id, checks: checks.length, verdict: verdicts.get(variant.id) as Verdict };
  };
}
