/**
 * Does the cell slow the baseline? Times it in a bare process, on arrays of its own, warmed for long and with nothing of ours
 * around it; and in a cell, as a quick bench does, after all other cases of the op. Prints bare time / cell time per case: a ratio
 * below 1 would be a speedup given away to every candidate. A second bare process has the one flag of a cell that bears on speed
 * (../src/cell/lockdown.ts): without it V8 gives some plain loops one of two compiled forms, by chance and for the life of a process.
 * Run: node bench/baseline-pace.ts [OP [ROUNDS]]
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { median } from 'simple-statistics';
import { buildBaseline } from '../src/build/build.ts';
import { loadOp, opNames } from '../src/catalog/ops.ts';
import { loadText } from '../src/catalog/text.ts';
import { Timer } from '../src/cell/timer.ts';
import type { Candidate } from '../src/contract/candidate.ts';
import type { AnyOp, Case } from '../src/contract/op.ts';
import { callOn } from '../src/judge/batch.ts';
import { compose } from '../src/judge/compose.ts';
import { efforts, warmupCalls } from '../src/stopwatch/effort.ts';

const callsFor = (op: AnyOp, c: Case) => Math.max(3, Math.min(50, Math.round(1e8 / op.flop(c.dims))));

function image(op: AnyOp, c: Case) {
  return compose({ op, case: c, distribution: op.distributions[0], text: loadText(undefined, [op]).bytes }, 1);
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

async function inBareProcess(op: AnyOp, index: number, execArgv: string[]): Promise<number> {
  const child = fork(fileURLToPath(import.meta.url), ['bare', op.name, `${index}`], { execArgv });
  const [timeNs] = await once(child, 'message');
  return timeNs;
}

/** All cases in one cell, as in a round, each with the warm-up of a quick bench; median time of each. */
async function inCell(op: AnyOp, cases: readonly Case[]): Promise<number[]> {
  const baseline = await buildBaseline(op.name);
  const timer = new Timer(baseline, 1);
  const times: number[] = [];
  let nsPerFlop = 0.4;
  for (const c of cases) {
    const inputs = image(op, c);
    const kind = await timer.open(inputs);
    const warmup = warmupCalls(kind, nsPerFlop * op.flop(c.dims), efforts.quick);
    const calls = Array.from({ length: callsFor(op, c) }, () => callOn(inputs, []));
    const { timeNs } = await timer.turn(calls, { warmup });
    times.push(median([...timeNs]));
    if (c === cases[0]) nsPerFlop = times[0] / op.flop(c.dims);
  }
  timer.close();
  return times;
}

interface Round {
  /** Nanoseconds a call, by case. */
  readonly bare: number[];
  readonly flagged: number[];
  readonly cell: number[];
}

async function oneRound(op: AnyOp, cases: readonly Case[]): Promise<Round> {
  const bare = [];
  const flagged = [];
  for (const c of cases) {
    bare.push(await inBareProcess(op, op.cases.indexOf(c), []));
    flagged.push(await inBareProcess(op, op.cases.indexOf(c), ['--no-maglev']));
  }
  return { bare, flagged, cell: await inCell(op, cases) };
}

async function report(name: string, count: number): Promise<void> {
  const op = await loadOp(name);
  const cases = op.cases.filter(({ extra }) => !extra);
  const rounds: Round[] = [];
  while (rounds.length < count) rounds.push(await oneRound(op, cases));
  for (const [i, c] of cases.entries()) {
    const ms = (median(rounds.map(({ cell }) => cell[i])) / 1e6).toPrecision(3);
    const ratio = (which: 'bare' | 'flagged') =>
      median(rounds.map((round) => round[which][i] / round.cell[i])).toFixed(3);
    console.log(
      `${name.padEnd(12)} ${op.caseName(c).padEnd(22)} cell ${ms.padStart(7)} ms   bare / cell ${ratio('bare')}   with its flag ${ratio('flagged')}`,
    );
  }
}

const [first, second = '3', index] = process.argv.slice(2);
if (first === 'bare') await bare(second, Number(index));
else {
  for (const name of first ? [first] : opNames()) await report(name, Number(second));
}
