/**
 * Does the cell slow the baseline? Times it in a bare process, on arrays of its own, warmed for long and with nothing of ours
 * around it; and in a cell, as a quick bench does, after all other cases of the op. Prints bare time / cell time per case: a ratio
 * below 1 would be a speedup given away to every candidate. Run: node bench/baseline-pace.ts [OP]
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
import { efforts, warmupCalls } from '../src/measure/effort.ts';
import { compose } from '../src/verify/image.ts';

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
  for (let i = 0, spent = 0; i < 25 && (i === 0 || spent < 3e9); i++) spent += call();
  for (let spent = 0; spent < 1e8; ) spent += call();
  process.send?.(median(Array.from({ length: callsFor(op, c) }, call)));
}

async function inBareProcess(op: AnyOp, index: number): Promise<number> {
  const child = fork(fileURLToPath(import.meta.url), [op.name, `${index}`], { execArgv: [] });
  const [timeNs] = await once(child, 'message');
  return timeNs;
}

/** All cases in one cell, as in a round, each with the warm-up of a quick bench; median time of each. */
async function inCell(op: AnyOp, cases: readonly Case[]): Promise<number[]> {
  const baseline = await buildBaseline(op.name);
  const cell = new Cell(baseline);
  const times: number[] = [];
  let nsPerFlop = 0.4;
  for (const c of cases) {
    const { layout, bytes, scalars } = image(op, c);
    await cell.open(await openingOf(op, c, scalars, layout, baseline, 1));
    const writes = [{ offset: 0, bytes }];
    const warmup = { writes, ...warmupCalls('js', nsPerFlop * op.flop(c.dims), efforts.quick) };
    const calls = Array.from({ length: callsFor(op, c) }, () => ({ writes, reads: [] }));
    const { timeNs } = await cell.sample({ calls, warmup });
    times.push(median([...timeNs]));
    if (c === cases[0]) nsPerFlop = times[0] / op.flop(c.dims);
  }
  cell.close();
  return times;
}

const [first, index] = process.argv.slice(2);
if (index !== undefined) await bare(first, Number(index));
else {
  for (const name of first ? [first] : opNames()) {
    const op = await loadOp(name);
    const cases = op.cases.filter(({ extra }) => !extra);
    const rounds = [];
    for (let round = 0; round < 3; round++) {
      const outside = [];
      for (const c of cases) outside.push(await inBareProcess(op, op.cases.indexOf(c)));
      rounds.push({ outside, inside: await inCell(op, cases) });
    }
    for (const [i, c] of cases.entries()) {
      const ratio = median(rounds.map(({ outside, inside }) => outside[i] / inside[i]));
      const ms = median(rounds.map(({ inside }) => inside[i])) / 1e6;
      console.log(
        `${name.padEnd(12)} ${op.caseName(c).padEnd(22)} cell ${ms.toPrecision(3).padStart(7)} ms   bare / cell ${ratio.toFixed(3)}`,
      );
    }
  }
  stopCompiler();
}
