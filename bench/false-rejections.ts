/**
 * Does the judge reject honest kernels? Under one seed after another, verifies a kernel of an op on all edges and on shapes drawn from the
 * seed, and prints every rejection. Kernels take turns: the candidates and the odd but honest ones.
 * Run: node bench/false-rejections.ts OP [SEEDS] [FIRST]
 *
 * The kernels are ours, and run in this process, by the code that a cell runs: a process each and messages between them would take
 * ten times as long. A check is the same, and so are its inputs, its calls and its bounds.
 */
import { type Built, build, buildBaseline } from '../src/build/build.ts';
import { scan } from '../src/catalog/candidates.ts';
import { loadOp, loadOracle } from '../src/catalog/ops.ts';
import { loadText } from '../src/catalog/text.ts';
import { CellArena } from '../src/cell/arena.ts';
import { type Kernel, makeKernel } from '../src/cell/kernel.ts';
import { Pool } from '../src/cell/pool.ts';
import { sample } from '../src/cell/sampler.ts';
import { buildPacked, honest } from '../src/selftest/pack.ts';
import { type Verdict, verdictText } from '../src/verify/verdict.ts';
import { drawnCases, type Host, planChecks, verify } from '../src/verify/verify.ts';

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
// Flags belong to a process; none changes what is computed.
const kernels = [...own, ...odd];
const hosts = new Map<string, Host>();
const request = {
  op,
  oracle: await loadOracle(opName),
  baseline: await buildBaseline(opName),
  threads: 2,
  text: loadText(undefined, [op]).bytes,
  startCell: ({ id }: { id: string }) => hosts.get(id) ?? (hosts.set(id, here()).get(id) as Host),
};
// Threads and timers of a kernel keep no process alive, and here nothing else would.
setInterval(() => {}, 60_000);
const started = performance.now();
let done = 0;
let checks = 0;
let rejected = 0;
let worst = 0;
// Stopped early, it still says how far it came.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, finish);
for (let seed = Number(first); seed < Number(first) + Number(seeds); seed++) {
  const kernel = kernels[seed % kernels.length];
  const plan = planChecks(op, [...op.edges, ...drawnCases(op, seed)], 1, false);
  const verdict = (await verify({ ...request, variants: [kernel], seed, checks: plan })).get(kernel.id) as Verdict;
  done++;
  checks += plan.length;
  if (verdict.status === 'pass') worst = Math.max(worst, verdict.worst);
  else {
    rejected++;
    console.log(`seed ${seed}, ${kernel.id}: ${verdictText(verdict)}`);
  }
}
finish();

function finish(): never {
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(
    `${opName}: ${done} seeds from ${first}, ${kernels.length} kernels in turn, ${checks} checks, ${rejected} rejected, largest error / bound ${worst.toFixed(3)}, ${seconds} s`,
  );
  process.exit(rejected === 0 ? 0 : 1);
}

/** What a cell is made of, in this process. */
function here(): Host {
  const [arena, pool] = [new CellArena(), new Pool()];
  let kernel: Kernel;
  return {
    async open(opening) {
      kernel = await makeKernel(opening, arena, pool);
    },
    sample: (sampling) => sample(kernel, arena, sampling),
    close() {},
  };
}
