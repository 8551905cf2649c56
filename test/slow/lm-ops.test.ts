/** Every candidate of the ops of a training step passes on two threads, at all edges. */
import { afterAll, expect, test } from 'vitest';
import { suites } from '../../bench/suites.ts';
import { build, buildBaseline } from '../../src/build/build.ts';
import { scan } from '../../src/catalog/candidates.ts';
import { loadOp, loadOracle } from '../../src/catalog/ops.ts';
import { stopCompiler } from '../../src/compiler/compile.ts';
import { planChecks } from '../../src/judge/plan.ts';
import { verdictText } from '../../src/judge/verdict.ts';
import { verify } from '../../src/judge/verify.ts';
import { startUnderFlags } from '../support/here.ts';

afterAll(stopCompiler);

const ops = suites.find(({ name }) => name === 'lm_ops')?.ops ?? [];
const { candidates } = scan();

test.each(ops)('%s', async (name) => {
  const op = await loadOp(name);
  const own = candidates.filter((candidate) => candidate.op === name);
  const verdicts = await verify({
    ...{ op, oracle: await loadOracle(name), baseline: await buildBaseline(name) },
    variants: await Promise.all(own.map(build)),
    checks: planChecks(op, op.edges, { seed: 20261123, repeats: 1, timedShapes: false }),
    start: startUnderFlags,
    ...{ seed: 20261123, threads: 2, text: new Uint8Array() },
  });
  expect(verdicts.size).toBeGreaterThan(0);
  for (const [id, verdict] of verdicts) expect(verdict.status, `${id}: ${verdictText(verdict)}`).toBe('pass');
});
