/**
 * Does the judge reject honest kernels? Under one seed after another, verifies a kernel of each op on all edges, on shapes drawn from the
 * seed and on some timed ones, makes timed calls, and prints every rejection. Kernels take turns: the candidates and the odd but honest ones.
 * Run: node bench/false-rejections.ts OP|all [SEEDS] [FIRST] [--log FILE] [--seconds N]
 *
 * With a log, seeds that stand in it are left out, and the sum is over all of it: a long run can be made in pieces of N seconds.
 * The kernels are ours, and run in this process (test/support/here.ts).
 */

import { existsSync, readFileSync } from 'node:fs';
import { opNames } from '../src/catalog/ops.ts';
import { appendLine } from '../src/files/write.ts';
import { verdictText } from '../src/judge/verdict.ts';
import { honestKernels } from '../test/support/honest.ts';
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
const [which, seeds = '100', first = '1'] = positionals;
const ops = which === 'all' ? opNames() : [which];
// Threads and timers of a kernel keep no process alive, and here nothing else would.
setInterval(() => {}, 60_000);
const started = performance.now();
const tried = values.log ? kept(values.log) : [];
const known = new Set(tried.map(({ op, seed }) => `${op} ${seed}`));
const judges = new Map(await Promise.all(ops.map(async (op) => [op, await honestKernels(op)] as const)));
// Stopped early, it still says how far it came.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, finish);
for (let seed = Number(first); seed < Number(first) + Number(seeds); seed++) {
  for (const [op, judge] of judges) {
    if (known.has(`${op} ${seed}`)) continue;
    if (performance.now() - started > 1000 * Number(values.seconds)) finish();
    const { kernel, checks, verdict } = await judge(seed);
    const worst = verdict.status === 'pass' ? verdict.worst : null;
    if (worst === null) console.log(`seed ${seed}, ${kernel}: ${verdictText(verdict)}`);
    const one: Tried = { op, seed, kernel, checks, worst };
    tried.push(one);
    if (values.log) appendLine(values.log, JSON.stringify(one));
  }
}
finish();

function kept(file: string): Tried[] {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  return lines.map((line) => JSON.parse(line) as Tried).filter(({ op }) => ops.includes(op));
}

function finish(): never {
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  for (const op of ops) {
    const own = tried.filter((one) => one.op === op);
    const rejected = own.filter(({ worst }) => worst === null).length;
    const checks = own.reduce((sum, one) => sum + one.checks, 0);
    const worst = Math.max(0, ...own.map((one) => one.worst ?? 0));
    const names = new Set(own.map(({ kernel }) => kernel));
    console.log(
      `${op}: ${own.length} seeds from ${first}, ${names.size} kernels in turn, ${checks} checks, ${rejected} rejected, largest error / bound ${worst.toFixed(3)}, ${seconds} s`,
    );
  }
  process.exit(tried.every(({ worst }) => worst !== null) ? 0 : 1);
}
