/**
 * Does the judge reject honest kernels? Under one seed after another, verifies a kernel of an op on all edges and on shapes drawn from the
 * seed, and prints every rejection. Kernels take turns: the candidates and the odd but honest ones.
 * Run: node bench/false-rejections.ts OP [SEEDS] [FIRST] [--log FILE] [--seconds N]
 *
 * With a log, seeds that stand in it are left out, and the sum is over all of it: a long run can be made in pieces of N seconds.
 * The kernels are ours, and run in this process (test/support/here.ts).
 */
import { existsSync, readFileSync } from 'node:fs';
import { type Built, build, buildBaseline } from '../src/build/build.ts';
import { scan } from '../src/catalog/candidates.ts';
import { loadOp, loadOracle } from '../src/catalog/ops.ts';
import { loadText } from '../src/catalog/text.ts';
import { appendLine } from '../src/files/write.ts';
import { type Verdict, verdictText } from '../src/judge/verdict.ts';
import { drawnCases, planChecks, verify } from '../src/judge/verify.ts';
import { buildPacked, honest } from '../src/selftest/pack.ts';
import { startHere } from '../test/support/here.ts';
import { parseOptions } from './options.ts';

/** What became of one seed. */
interface Tried {
  readonly op: string;
  readonly seed: number;
  readonly kernel: string;
  readonly checks: number;
  /** Null of a kernel that was rejected. */
  readonly worst: number | null;
}

const { positionals, values } = parseOptions({
  options: { log: { type: 'string' }, seconds: { type: 'string', default: '1e9' } },
  allowPositionals: true,
});
const [opName, seeds = '100', first = '1'] = positionals;
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
const kernels = [...own, ...odd];
const request = {
  op,
  oracle: await loadOracle(opName),
  baseline: await buildBaseline(opName),
  threads: 2,
  text: loadText(undefined, [op]).bytes,
  startCell: startHere,
};
// Threads and timers of a kernel keep no process alive, and here nothing else would.
setInterval(() => {}, 60_000);
const started = performance.now();
const tried = values.log ? kept(values.log) : [];
const known = new Set(tried.map(({ seed }) => seed));
// Stopped early, it still says how far it came.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, finish);
for (let seed = Number(first); seed < Number(first) + Number(seeds); seed++) {
  if (known.has(seed)) continue;
  if (performance.now() - started > 1000 * Number(values.seconds)) break;
  const kernel = kernels[seed % kernels.length];
  const plan = planChecks(op, [...op.edges, ...drawnCases(op, seed)], 1, false);
  const verdict = (await verify({ ...request, variants: [kernel], seed, checks: plan })).get(kernel.id) as Verdict;
  const worst = verdict.status === 'pass' ? verdict.worst : null;
  if (worst === null) console.log(`seed ${seed}, ${kernel.id}: ${verdictText(verdict)}`);
  const one: Tried = { op: opName, seed, kernel: kernel.id, checks: plan.length, worst };
  tried.push(one);
  if (values.log) appendLine(values.log, JSON.stringify(one));
}
finish();

function kept(file: string): Tried[] {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  return lines.map((line) => JSON.parse(line) as Tried).filter(({ op }) => op === opName);
}

function finish(): never {
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  const rejected = tried.filter(({ worst }) => worst === null).length;
  const checks = tried.reduce((sum, one) => sum + one.checks, 0);
  const worst = Math.max(0, ...tried.map((one) => one.worst ?? 0));
  const names = new Set(tried.map(({ kernel }) => kernel));
  console.log(
    `${opName}: ${tried.length} seeds from ${first}, ${names.size} kernels in turn, ${checks} checks, ${rejected} rejected, largest error / bound ${worst.toFixed(3)}, ${seconds} s`,
  );
  process.exit(rejected === 0 ? 0 : 1);
}
