/**
 * Is the stopwatch right? It times kernels whose true speedup is known by construction: a product of matrices that computes every
 * row of C once, and the same program that computes the first 2, 5 or 20 of each 100 rows again. Results are appended to a file, so
 * that the work can be done in pieces.
 *
 *   node bench/stopwatch.ts truth                      both programs in one bare process, call by call: is the truth what it should be?
 *   node bench/stopwatch.ts run [--more 0|2|5|20]      the stopwatch itself, a candidate that does so many percent more work
 *        [--runs N] [--effort quick|default|thorough]   than the baseline
 *        [--busy N]                                    beside so many other processes that keep a core busy
 *   node bench/stopwatch.ts report                     the table of all runs in the file, as Markdown
 *   node bench/stopwatch.ts gate                       runs of the file two by two: how often does `compare --fail-below 0.95` fail?
 *   node bench/stopwatch.ts overlap A B                two records of the same candidates: how many intervals overlap?
 *
 * --file FILE, in place of .nfold/stopwatch.jsonl, is where runs are kept.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { median } from 'simple-statistics';
import op from '../baselines/sgemm/op.ts';
import oracle from '../baselines/sgemm/oracle.ts';
import { compile } from '../src/compiler/compile.ts';
import type { Variant } from '../src/contract/variant.ts';
import { appendLine } from '../src/files/write.ts';
import { findRecord } from '../src/records/find.ts';
import { loadRecord } from '../src/records/store.ts';
import type { Interval } from '../src/stats/interval.ts';
import { meanEstimate, means } from '../src/stats/means.ts';
import type { Sampled } from '../src/stats/samples.ts';
import { leftOut, pooledOver, speedup } from '../src/stats/speedup.ts';
import { type ComparisonVerdict, compare, noiseFloor } from '../src/stats/verdict.ts';
import { ratioOf } from '../src/stats/welch.ts';
import { efforts } from '../src/stopwatch/effort.ts';
import { measure } from '../src/stopwatch/measure.ts';
import { parseOptions } from './options.ts';

const gemm = (M: number, N: number, K: number) => ({
  dims: { M, N, K, lda: K, ldb: N, ldc: N, transA: 0, transB: 0 },
  scalars: { alpha: 1, beta: 0 },
});
/** About a quarter of a millisecond, and one. */
const cases = [gemm(100, 128, 128), gemm(200, 128, 256)];
const slowdowns = [0, 2, 5, 20] as const;

const source = (percent: number) => `
export function run(tid: i32, nthreads: i32, A: usize, B: usize, C: usize, M: i32, N: i32, K: i32, lda: i32, ldb: i32, ldc: i32,
  transA: i32, transB: i32, alpha: f32, beta: f32, scratch: usize): void {
  const rows = M + M * ${percent} / 100;
  for (let n = 0; n < rows; n++) {
    const i = n < M ? n : n - M;
    const c = C + (<usize>(i * ldc) << 2);
    for (let j: usize = 0; j < <usize>N << 2; j += 16) v128.store(c + j, f32x4.splat(0));
    for (let k = 0; k < K; k++) {
      const a = f32x4.splat(alpha * load<f32>(A + (<usize>(i * lda + k) << 2)));
      const b = B + (<usize>(k * ldb) << 2);
      for (let j: usize = 0; j < <usize>N << 2; j += 16)
        v128.store(c + j, f32x4.add(v128.load(c + j), f32x4.mul(a, v128.load(b + j))));
    }
  }
}`;

function moduleOf(percent: number): Promise<Uint8Array> {
  return compile({ type: 'assemblyscript', entry: 'rows.ts', files: { 'rows.ts': source(percent) } });
}

async function variantOf(id: string, percent: number): Promise<Variant> {
  const bytes = await moduleOf(percent);
  return { id, flags: [], threads: 'one', artifact: async () => ({ kind: 'wasm', bytes }) };
}

interface Run {
  readonly more: number;
  readonly effort: keyof typeof efforts;
  readonly busy: number;
  readonly at: string;
  readonly seconds: number;
  readonly rounds: number;
  readonly leftOut: number;
  readonly floor: number | null;
  readonly found: { readonly of: string; readonly speedup: Interval; readonly verdict: ComparisonVerdict }[];
  /** Raw, so that another way to a speedup can be tried on the same times. */
  readonly samples: readonly Sampled[];
}

async function run(more: number, effort: Run['effort'], busy: number): Promise<Run> {
  const started = performance.now();
  const [baseline, candidate] = [await variantOf('baseline', 0), await variantOf('candidate', more)];
  const plan = efforts[effort];
  const { samples, verdicts } = await measure({
    op,
    oracle,
    baseline,
    variants: [candidate],
    cases,
    effort: plan,
    seed: (Math.random() * 2 ** 31) | 0,
    threads: 1,
    text: new Uint8Array(),
    signal: new AbortController().signal,
    onProgress() {},
  });
  const verdict = verdicts.get(candidate.id);
  if (verdict?.status !== 'pass') throw new Error(`the candidate is not right: ${JSON.stringify(verdict)}`);
  const names = cases.map((c) => op.caseName(c));
  const floor = noiseFloor(samples, names);
  const judged = (of: string, found: Interval | undefined | null, noise: number | undefined) => {
    if (!found) throw new Error(`no speedup of ${of}`);
    return { of, speedup: found, verdict: compare(found, noise ?? null, plan.halfWidth) };
  };
  const left = names.map((name) => leftOut(samples, baseline.id, candidate.id, name));
  return {
    more,
    effort,
    busy,
    at: new Date().toISOString(),
    seconds: (performance.now() - started) / 1000,
    rounds: new Set(samples.map(({ round }) => round)).size,
    leftOut: left.reduce((sum, { count }) => sum + count, 0) / left.reduce((sum, { of }) => sum + of, 0),
    floor: floor?.cases ?? null,
    found: [
      ...names.map((name) => judged(name, speedup(samples, baseline.id, candidate.id, name), floor?.cases)),
      judged('mean', means(samples, baseline.id, candidate.id, names)?.arithmetic, floor?.mean),
    ],
    samples,
  };
}

async function runs(more: number, effort: Run['effort'], busy: number, count: number, file: string): Promise<void> {
  const others: ChildProcess[] = Array.from({ length: busy }, () => spawn(process.execPath, ['--eval', 'for (;;);']));
  try {
    for (let i = 0; i < count; i++) {
      const one = await run(more, effort, busy);
      appendLine(file, JSON.stringify(one));
      const [, , { speedup: mean, verdict }] = one.found;
      const edges = `${mean.value.toFixed(4)} [${mean.low?.toFixed(4)}, ${mean.high?.toFixed(4)}]`;
      console.log(
        `${effort}, ${more} % more work, ${busy} busy: mean ${edges} ${verdict}, ${one.seconds.toFixed(1)} s`,
      );
    }
  } finally {
    for (const other of others) other.kill();
  }
}

/** Both programs in this process on the same memory, in turns, as ABBA: nothing of the stopwatch is in it. */
async function truth(): Promise<void> {
  const calls = 600;
  for (const c of cases) {
    const { M, N, K } = c.dims;
    const times: number[][] = slowdowns.map(() => []);
    const memory = new WebAssembly.Memory({ initial: 64, maximum: 65536, shared: true });
    new Float32Array(memory.buffer).fill(1);
    const kernels: (() => void)[] = [];
    for (const percent of slowdowns) {
      const module = new WebAssembly.Module(new Uint8Array(await moduleOf(percent)));
      const kernel = new WebAssembly.Instance(module, { env: { memory } }).exports.run as (...args: number[]) => void;
      const [A, B, C] = [65536, 65536 + 4 * M * K, 65536 + 4 * (M * K + K * N)];
      kernels.push(() => kernel(0, 1, A, B, C, ...Object.values(c.dims), 1, 0, 0));
    }
    for (const kernel of kernels) for (let i = 0; i < 300; i++) kernel();
    for (let call = 0; call < calls; call++) {
      const order = slowdowns.map((_, i) => (i + (call >> 1)) % slowdowns.length);
      for (const i of call % 2 === 0 ? order : order.toReversed()) {
        const start = process.hrtime.bigint();
        kernels[i]();
        times[i].push(Number(process.hrtime.bigint() - start));
      }
    }
    const base = median(times[0]);
    const ratios = slowdowns.map((percent, i) => `${percent} % more rows: ${(median(times[i]) / base).toFixed(4)}`);
    console.log(`${op.caseName(c)}  ${(base / 1e3).toFixed(0)} us a call; time / time without: ${ratios.join(', ')}`);
  }
}

const known = (run: Run) => 100 / (100 + run.more);
const covers = ({ low, high }: Interval, value: number) =>
  low !== null && high !== null && low <= value && value <= high;

const runsIn = (file: string) =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Run);

function report(file: string): void {
  const all = runsIn(file);
  const groups = Map.groupBy(all, ({ more, effort, busy }) =>
    [Object.keys(efforts).indexOf(effort), busy, more].join(' '),
  );
  const line = (cells: readonly string[]) => console.log(`| ${cells.join(' | ')} |`);
  const judged =
    'effort | other processes | truth | of | runs | covers the truth | faster | same | inconclusive | slower';
  const columns = `${judged} | median estimate | median half-width | calls left out | seconds a run`.split(' | ');
  line(columns);
  line(columns.map(() => '---'));
  const sorted = [...groups].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }));
  for (const [, group] of sorted) {
    const [first] = group;
    for (const what of ['mean', 'case']) {
      const found = group.flatMap((run) => run.found.filter((one) => (one.of === 'mean') === (what === 'mean')));
      const count = (verdict: ComparisonVerdict) => `${found.filter((one) => one.verdict === verdict).length}`;
      const half = found.map(({ speedup: { low, high } }) => Math.sqrt((high as number) / (low as number)) - 1);
      line([
        first.effort,
        `${first.busy}`,
        known(first).toFixed(3),
        what,
        `${found.length}`,
        `${found.filter(({ speedup }) => covers(speedup, known(first))).length}`,
        ...(['faster', 'same', 'inconclusive', 'slower'] as const).map(count),
        median(found.map(({ speedup }) => speedup.value)).toFixed(3),
        `${(100 * median(half)).toFixed(1)} %`,
        `${(100 * median(group.map((run) => run.leftOut))).toFixed(0)} %`,
        median(group.map(({ seconds }) => seconds)).toFixed(1),
      ]);
    }
  }
}

/** Whether the gate fails between two runs: some ratio, of the mean or of a case, is certainly slower and below the limit. */
function fails(from: Run, to: Run, limit: number): boolean {
  const names = cases.map((c) => op.caseName(c));
  const [a, b] = [from, to].map(({ samples }) => {
    const pooled = pooledOver(samples, 'baseline', 'candidate');
    const estimates = [...names.map((name) => pooled.case(name)), meanEstimate(pooled, names)];
    return { estimates, floor: noiseFloor(samples, names) };
  });
  return a.estimates.some((estimate, i) => {
    const ratio = ratioOf(estimate, b.estimates[i]);
    const of = i < names.length ? 'cases' : 'mean';
    const noise = Math.hypot(a.floor?.[of] ?? 0, b.floor?.[of] ?? 0);
    return ratio !== null && ratio.value < limit && compare(ratio, noise, efforts[from.effort].halfWidth) === 'slower';
  });
}

function gate(file: string): void {
  for (const [effort, group] of Map.groupBy(runsIn(file), ({ effort, busy }) => `${effort}, ${busy} busy`)) {
    const same = group.filter(({ more }) => more === 0);
    for (const percent of slowdowns) {
      const slowed = group.filter(({ more }) => more === percent);
      const pairs =
        percent === 0
          ? same.flatMap((run, i) => (i % 2 === 1 ? [[same[i - 1], run] as const] : []))
          : slowed.flatMap((run, i) => (same[i] ? [[same[i], run] as const] : []));
      if (pairs.length === 0) continue;
      const failing = pairs.filter(([from, to]) => fails(from, to, 0.95)).length;
      console.log(`${effort}: ${percent} % more work than before: ${failing} of ${pairs.length} pairs of runs fail`);
    }
  }
}

function overlap(references: readonly string[]): void {
  const [a, b] = references.map((reference) => loadRecord(findRecord(reference)));
  const meet = (one: Interval, other: Interval) =>
    one.low !== null &&
    one.high !== null &&
    other.low !== null &&
    other.high !== null &&
    one.low <= other.high &&
    other.low <= one.high;
  const both = a.results.flatMap((one) => {
    const other = b.results.find((r) => r.candidate === one.candidate && r.case === one.case && r.hash === one.hash);
    return one.speedup && other?.speedup ? [{ one, first: one.speedup, second: other.speedup }] : [];
  });
  const apart = both.filter(({ first, second }) => !meet(first, second));
  const moved = both.map(({ first, second }) => Math.abs(Math.log(second.value / first.value)));
  console.log(`${a.id} and ${b.id}, ${a.effort} and ${b.effort}: ${both.length} speedups are in both.`);
  console.log(
    `The intervals of ${both.length - apart.length} overlap; the median change of a speedup is ${(100 * median(moved)).toFixed(1)} %.`,
  );
  for (const { one, first, second } of apart) {
    const text = ({ value, low, high }: Interval) => `${value.toFixed(2)} [${low?.toFixed(2)}, ${high?.toFixed(2)}]`;
    console.log(`  apart: ${one.candidate} at ${one.case}: ${text(first)} and ${text(second)}`);
  }
}

const { values, positionals } = parseOptions({
  allowPositionals: true,
  options: {
    more: { type: 'string', default: '0' },
    runs: { type: 'string', default: '5' },
    effort: { type: 'string', default: 'quick' },
    busy: { type: 'string', default: '0' },
    file: { type: 'string', default: '.nfold/stopwatch.jsonl' },
  },
});
const [part, ...rest] = positionals;
const effort = Object.keys(efforts).find((name) => name === values.effort) as Run['effort'] | undefined;
const usage =
  'usage: node bench/stopwatch.ts truth | run [--more P] [--runs N] [--effort E] [--busy N] | report | gate | overlap A B';
if (part === 'truth') await truth();
else if (part === 'run' && effort)
  await runs(Number(values.more), effort, Number(values.busy), Number(values.runs), values.file);
else if ((part === 'report' || part === 'gate') && existsSync(values.file)) ({ report, gate })[part](values.file);
else if (part === 'overlap' && rest.length === 2) overlap(rest);
else {
  console.error(part === 'report' || part === 'gate' ? `${values.file} is not there: 'run' makes it` : usage);
  process.exitCode = 2;
}
