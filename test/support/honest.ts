/**
 * The honest kernels of an op, candidates and odd ones, one under each seed in turn: verified in this process on all edges, on drawn
 * shapes and on some timed ones, and then in timed calls.
 */
import { type Built, build, buildBaseline } from '../../src/build/build.ts';
import { scan } from '../../src/catalog/candidates.ts';
import { loadOp, loadOracle } from '../../src/catalog/ops.ts';
import { loadText } from '../../src/catalog/text.ts';
import { drawnCases, planChecks } from '../../src/judge/plan.ts';
import { merged, type Verdict } from '../../src/judge/verdict.ts';
import { verify } from '../../src/judge/verify.ts';
import { timedCases } from '../../src/selftest/judge.ts';
import { buildPacked, honest } from '../../src/selftest/pack.ts';
import { startHere } from './here.ts';
import { timedHere } from './timed.ts';

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
    const timed = timedCases(op);
    const cases = [...op.edges, ...drawnCases(op, seed), ...timed];
    const checks = planChecks(op, cases, { seed, repeats: 1, timedShapes: false });
    const given = { op, oracle, baseline, seed, threads: 2, text: loadText(undefined, [op]).bytes, start: startHere };
    const verified = (await verify({ ...given, variants: [variant], checks })).get(variant.id) as Verdict;
    const calls = verified.status === 'pass' ? await timedHere(given, variant, timed) : verified;
    const made = checks.length + (calls.status === 'pass' ? calls.checks : 0);
    return { kernel: variant.id, checks: made, verdict: merged(verified, calls) };
  };
}
