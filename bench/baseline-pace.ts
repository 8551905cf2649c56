/**
 * Does the cell slow the baseline? Times it in a bare process, on arrays of its own and with nothing of ours around it, and
 * in a cell that has had other cases open before; prints bare time / cell time per case. A ratio below 1 would be a speedup
 * given away to every candidate. Run: node bench/baseline-pace.ts
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { median } from 'simple-statistics';
import { buildBaseline } from '../src/build/build.ts';
import { stopCompiler } from '../src/build/compile.ts';
import { loadOp, opNames } from '../src/catalog/ops.ts';
import { loadText } from '../src/catalog/text.ts';
import { Cell } from '../src/cell/cell.ts';
import { openingOf } from '../src/cell/opening.ts';
import type { Candidate } from '../src/contract/candidate.ts';
import type { AnyOp, Case } from '../src/contract/op.ts';
import { compose } from '../src/verify/image.ts';

const warmMs = 300;
const callsFor = (op: AnyOp, c: Case) => Math.max(3, Math.min(50, Math.round(1e8 / op.flop(c.dims))));

function image(op: AnyOp, c: Case) {
  return compose(op, c, op.distributions[0], 1, loadText(undefined, [op]).bytes);
}

async function bare(opName: string, index: number): Promise<void> {
  const op = await loadOp(opName);
  const { default: baseline } = (await import(`../baselines/${opName}/baseline.ts`)) as { default: Candidate };
  const c = op.cases[index];
  const { tensors, scalars } = image(op, c);
  const own = Object.fromEntries(Object.entries(tensors).map(([name, values]) => [name, values.slice()]));
  const run = baseline.setup(c.dims, { f32: (n) => new Float32Array(n), i32: (n) => new Int32Array(n) });
  const call = () => {
    const start = process.hrtime.bigint();
    run(own, scalars);
    return Number(process.hrtime.bigint() - start);
  };
  for (let spent = 0; spent < warmMs * 1e6; ) spent += call();
  process.send?.(median(Array.from({ length: callsFor(op, c) }, call)));
}

async function inBareProcess(op: AnyOp, index: number): Promise<number> {
  const child = fork(fileURLToPath(import.meta.url), [op.name, `${index}`], { execArgv: [] });
  const [timeNs] = await once(child, 'message');
  return timeNs;
}

async function inCell(op: AnyOp, index: number): Promise<number> {
  const baseline = await buildBaseline(op.name);
  const cell = new Cell(baseline);
  const others = [0, 1, 2].map((i) => (index + 1 + i) % (op.cases.length - 1));
  let timeNs = 0;
  for (const i of [...others, index]) {
    const c = op.cases[i];
    const { layout, bytes, scalars } = image(op, c);
    await cell.open(await openingOf(op, c, scalars, layout, baseline, 1));
    const writes = [{ offset: 0, bytes }];
    const warmup = { writes, calls: 1, ms: i === index ? warmMs : 20 };
    const count = i === index ? callsFor(op, c) : 1;
    const samples = await cell.sample({ calls: Array.from({ length: count }, () => ({ writes, reads: [] })), warmup });
    timeNs = median([...samples.timeNs]);
  }
  cell.close();
  return timeNs;
}

const [opName, index] = process.argv.slice(2);
if (opName) await bare(opName, Number(index));
else {
  for (const name of opNames()) {
    const op = await loadOp(name);
    for (const [i, c] of op.cases.entries()) {
      if (c.extra) continue;
      const pairs = [];
      for (let round = 0; round < 3; round++) pairs.push([await inBareProcess(op, i), await inCell(op, i)]);
      const ratio = median(pairs.map(([outside, inside]) => outside / inside));
      const ms = median(pairs.map(([, inside]) => inside)) / 1e6;
      console.log(
        `${name.padEnd(12)} ${op.caseName(c).padEnd(22)} cell ${ms.toPrecision(3).padStart(7)} ms   bare / cell ${ratio.toFixed(3)}`,
      );
    }
  }
  stopCompiler();
}
