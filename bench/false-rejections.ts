/**
 * Does the judge reject honest kernels? Verifies the candidates of an op and its odd but honest kernels on drawn shapes and edges,
 * under one seed after another, and prints every rejection. Run: node bench/false-rejections.ts OP [SEEDS] [FIRST]
 */
import { type Built, build, buildBaseline } from '../src/build/build.ts';
import { stopCompiler } from '../src/build/compile.ts';
import { scan } from '../src/catalog/candidates.ts';
import { loadOp, loadOracle } from '../src/catalog/ops.ts';
import { loadText } from '../src/catalog/text.ts';
import { buildPacked, honest } from '../src/selftest/pack.ts';
import { verdictText } from '../src/verify/verdict.ts';
import { drawnCases, planChecks, verify } from '../src/verify/verify.ts';

const [opName, seeds = '100', first = '1'] = process.argv.slice(2);
const op = await loadOp(opName);
const own = await Promise.all(
  scan()
    .candidates.filter((c) => c.op === opName)
    .map((c) => build(c)),
);
const odd = await Promise.all(
  honest()
    .filter((c) => c.op === opName)
    .map(async (c) => (await buildPacked(c, op.cases[0].dims)) as Built),
);
const variants = [...own, ...odd];
const request = {
  op,
  variants,
  oracle: await loadOracle(opName),
  baseline: await buildBaseline(opName),
  threads: 2,
  text: loadText(undefined, [op]).bytes,
};
const started = performance.now();
let checks = 0;
let rejected = 0;
let worst = 0;
for (let seed = Number(first); seed < Number(first) + Number(seeds); seed++) {
  const plan = planChecks(op, [...op.edges, ...drawnCases(op, seed)], 1, false);
  for (const [id, verdict] of await verify({ ...request, seed, checks: plan })) {
    checks += plan.length;
    if (verdict.status === 'pass') worst = Math.max(worst, verdict.worst);
    else {
      rejected++;
      console.log(`seed ${seed}, ${id}: ${verdictText(verdict)}`);
    }
  }
}
const seconds = ((performance.now() - started) / 1000).toFixed(0);
console.log(
  `${opName}: ${seeds} seeds, ${variants.length} kernels, ${checks} checks, ${rejected} rejected, largest error / bound ${worst.toFixed(3)}, ${seconds} s`,
);
stopCompiler();
