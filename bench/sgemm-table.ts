/**
 * The best of sgemm in one table: candidates and peers at every case, on one thread and on all, as Gflop/s and share of the
 * measured peak; then variants (scalars, forms, padded strides, ragged tails) beside the aligned case, and the targets with what
 * was found. Measured slice by slice, a slice a group of cases with everything side by side in it; what is done is kept in
 * .nfold/sgemm-table.jsonl, so that the command can stop between slices and go on later; a slice that is named is measured again,
 * and its rounds added. Writes the page, with what is still to measure below.
 *
 * Run: node bench/sgemm-table.ts [--minutes M] [--slice NAME] [--fresh] [--print]
 */

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { median } from 'simple-statistics';
import { hashOf } from '../src/build/sources.ts';
import { scan } from '../src/catalog/candidates.ts';
import { loadPeer } from '../src/catalog/peers.ts';
import { killAllCells } from '../src/cell/runs.ts';
import type { AnyOp, Case } from '../src/contract/op.ts';
import type { OnProgress } from '../src/contract/progress.ts';
import { threadsOf, type Variant } from '../src/contract/variant.ts';
import { workspace } from '../src/files/places.ts';
import { appendLine } from '../src/files/write.ts';
import { makeSeed } from '../src/judge/seed.ts';
import { verdictText } from '../src/judge/verdict.ts';
import { fingerprint } from '../src/machine/ceilings.ts';
import { describe } from '../src/machine/describe.ts';
import { machine, runtime } from '../src/machine/fingerprint.ts';
import { ceilingsHere } from '../src/machine/peak.ts';
import { roof, workOf } from '../src/machine/roofline.ts';
import { digits, multiple, shortFlags } from '../src/report/format.ts';
import { Io } from '../src/report/output.ts';
import { markdownTable } from '../src/report/table.ts';
import { prepare } from '../src/run/prepare.ts';
import { verifyCandidates } from '../src/run/suite.ts';
import { minTurnNs, type Sampled } from '../src/stats/samples.ts';
import { speedup } from '../src/stats/speedup.ts';
import { type Effort, efforts } from '../src/stopwatch/effort.ts';
import { measure } from '../src/stopwatch/measure.ts';
import { parseOptions } from './options.ts';
import { fill } from './page.ts';
import { aligned, type Result, type Row, squares, suite, targets, training } from './sgemm-targets.ts';
import { suites } from './suites.ts';

const page = 'kernels/sgemm/table.md';
const stateFile = join(workspace().state, 'sgemm-table.jsonl');
/** What the targets are about, and what it came from; the ladder as a whole has a table of its own. */
const subjects = /^sgemm\/(shaped|packed)-/;
const oneThread = ' on 1 thread';
/** Many rounds of one turn each, in which all calls but the first find their caches warm; in slices of a minute or so. */
const effort: Effort = { ...efforts.default, rounds: [8, 12], turns: 1, sampleMs: 60, budgetS: 80, extra: true };

interface Slice {
  readonly name: string;
  readonly cases: readonly Case[];
  /** Variants of the aligned case have a table of their own, without peers. */
  readonly variants: boolean;
  /** Whether to do without the baseline. */
  readonly dear: boolean;
}

interface Done {
  readonly key: string;
  readonly slice: string;
  readonly at: string;
  readonly samples: readonly Sampled[];
  /** Why a variant has no samples. */
  readonly missing: Readonly<Record<string, string>>;
}

const { values: flags } = parseOptions({
  options: {
    ...{ minutes: { type: 'string', default: '60' }, slice: { type: 'string' } },
    ...{ fresh: { type: 'boolean' }, print: { type: 'boolean' } },
  },
});
const ends = performance.now() + 60_000 * Number(flags.minutes);
const controller = new AbortController();
process.on('SIGINT', () => {
  controller.abort();
  killAllCells();
});

const io = new Io(process);
const files = scan().candidates.filter(({ id }) => subjects.test(id));
const prepared = await prepare({ op: 'sgemm', candidates: files, problems: [] });
const { op, oracle, baseline, candidates } = prepared;
const peers = await Promise.all(
  (suites.find(({ name }) => name === 'sgemm')?.peers ?? []).map((name) => loadPeer(name, 'sgemm')),
);
const cores = machine().cores;
const hashes = candidates.flatMap(({ built }) => built?.hash ?? []);
const key = hashOf(fingerprint(), baseline.hash, ...hashes);
if (flags.fresh) rmSync(stateFile, { force: true });
const variantCases = variantsOf(op);
const slices = slicesOf(op);
if (flags.slice !== undefined && !slices.some(({ name }) => name === flags.slice)) {
  console.error(`No slice '${flags.slice}'; there are: ${slices.map(({ name }) => name).join('; ')}.`);
  process.exit(2);
}
let done = readDone();
const ceilings = await ceilingsHere({ signal: controller.signal, onProgress: io.progress });
if (!flags.print) await run();
io.endProgress();
const rowsOf = (variants: boolean) => allVariants(variants).flatMap((variant) => rowOf(variant, variants) ?? []);
const rows = rowsOf(false);
const left = slices.filter(({ name }) => !done.some(({ slice }) => slice === name)).map(({ name }) => name);
const text = [report(), ...(left.length > 0 ? [`Still to measure: ${left.join('; ')}.`] : [])].join('\n\n');
console.log(text);
if (done.length > 0) fill(page, 'table', `\n${text}\n`);
console.log(left.length === 0 ? `\nWritten to ${page}.` : '\nRun the command again to go on.');
process.exitCode = controller.signal.aborted ? 130 : 0;

function readDone(): Done[] {
  if (!existsSync(stateFile)) return [];
  const lines = readFileSync(stateFile, 'utf8').split('\n').filter(Boolean);
  const own = lines.map((line) => JSON.parse(line) as Done).filter((entry) => entry.key === key);
  const merged = new Map<string, Done>();
  for (const entry of own) merged.set(entry.slice, after(merged.get(entry.slice), entry));
  return [...merged.values()];
}

/** A slice that is named again has its rounds added, and numbered on, as a round is what a speedup is a ratio within. */
function after(before: Done | undefined, entry: Done): Done {
  if (!before) return entry;
  const rounds = 1 + Math.max(-1, ...before.samples.map(({ round }) => round));
  const samples = entry.samples.map((sample) => ({ ...sample, round: sample.round + rounds }));
  return { ...entry, samples: [...before.samples, ...samples] };
}

function slicesOf({ cases, caseName }: AnyOp): Slice[] {
  const named = (names: readonly string[]) => cases.filter((c) => names.includes(caseName(c)));
  const form = (ending: string) => training.filter((name) => (/[NT]{2}$/.exec(name)?.[0] ?? '') === ending);
  return [
    { name: '64 to 256', cases: named(squares.slice(0, 3)), variants: false, dear: false },
    { name: '512', cases: named([squares[3]]), variants: false, dear: false },
    { name: '1024', cases: named([squares[4]]), variants: false, dear: true },
    { name: 'LM, NN', cases: named(form('')), variants: false, dear: false },
    { name: 'LM, NT', cases: named(form('NT')), variants: false, dear: false },
    { name: 'LM, TN', cases: named(form('TN')), variants: false, dear: false },
    { name: 'variants', cases: [...named([aligned]), ...variantCases], variants: true, dear: false },
  ];
}

/** The aligned case with one thing changed in each. */
function variantsOf({ cases, caseName }: AnyOp): Case[] {
  const base = cases.find((c) => caseName(c) === aligned) as Case;
  const [odd, pad] = [{ M: 253, N: 251, K: 249 }, 7];
  const change = (dims: Readonly<Record<string, number>>, scalars = {}): Case => ({
    dims: { ...base.dims, ...dims },
    scalars: { ...base.scalars, ...scalars },
  });
  return [
    change({}, { alpha: 1.5 }),
    change({}, { beta: 1 }),
    change({}, { alpha: 1.5, beta: 0.5 }),
    change({ transB: 1 }),
    change({ transA: 1 }),
    change({ transA: 1, transB: 1 }),
    change({ lda: 256 + pad, ldb: 256 + pad, ldc: 256 + pad }),
    change({ ...odd, lda: odd.K, ldb: odd.N, ldc: odd.N }),
  ];
}

/** Candidates that use threads, on all of them and on one; the others and the peers as they are. */
function allVariants(variants: boolean): (Variant & { readonly peer?: unknown })[] {
  const built = candidates.flatMap((one) => one.built ?? []);
  const single = (variant: Variant): Variant => ({ ...variant, id: variant.id + oneThread, threads: 'one' });
  const own = built.flatMap((one) => (one.threads === 'any' && cores > 1 ? [one, single(one)] : [one]));
  return [...own, ...(variants ? [] : peers)];
}

async function run(): Promise<void> {
  const { signal } = controller;
  const committed = makeSeed(undefined);
  const common = { seed: committed.seed, threads: cores, text: new Uint8Array(), signal, effort };
  let measuredHere = 0;
  for (const slice of slices) {
    if (flags.slice === undefined ? done.some((entry) => entry.slice === slice.name) : slice.name !== flags.slice)
      continue;
    if (signal.aborted || (measuredHere > 0 && performance.now() > ends)) return;
    const onProgress: OnProgress = (now) => io.progress({ ...now, op: slice.name });
    try {
      // The edges as well, before the first slice and the last.
      const cases = done.length === 0 || slice.variants ? [...op.edges, ...slice.cases] : slice.cases;
      const options = { ...common, committed, caseFilter: undefined, onProgress };
      const verified = await verifyCandidates(prepared, options, { cases, timedShapes: slice.variants });
      const missing = Object.fromEntries(
        verified.flatMap(({ id, verdict }) => (verdict.status === 'pass' ? [] : [[id, verdictText(verdict)]])),
      );
      const variants = allVariants(slice.variants).filter(({ id }) => !(id.replace(oneThread, '') in missing));
      // At 1024 a call of the baseline takes seconds, and no target asks for a speedup: the first candidate sets the pace.
      const reference = slice.dear ? variants[0] : baseline;
      const measured = await measure({
        op,
        oracle,
        baseline: reference,
        variants: variants.filter((variant) => variant !== reference),
        cases: slice.cases,
        ...common,
        onProgress,
      });
      if (measured.interrupted) return;
      for (const [id, verdict] of measured.verdicts) {
        if (verdict.status !== 'pass') missing[id] = verdictText(verdict);
      }
      const entry: Done = { key, slice: slice.name, at: new Date().toISOString(), samples: measured.samples, missing };
      appendLine(stateFile, JSON.stringify(entry));
      done = readDone();
      measuredHere++;
    } catch (error) {
      if (!signal.aborted) throw error;
      return;
    }
  }
}

function rowOf(variant: Variant & { readonly peer?: unknown }, variants: boolean): Row | null {
  const results = new Map<string, Result>();
  const threads = threadsOf(variant, cores);
  const peer = variant.peer !== undefined;
  for (const slice of slices.filter((one) => one.variants === variants)) {
    const samples = done.find((entry) => entry.slice === slice.name)?.samples ?? [];
    for (const c of slice.cases) {
      const name = op.caseName(c);
      const timeNs = minTurnNs(samples, variant.id, name);
      const ratio = speedup(samples, baseline.id, variant.id, name);
      if (timeNs === null) continue;
      const has = { threads, flags: variant.flags, native: peer };
      const least = ceilings && roof(ceilings, workOf(op, c.dims), has).timeNs;
      const percentOfPeak = least === null ? null : (100 * least) / timeNs;
      results.set(name, { gflops: op.flop(c.dims) / timeNs, percentOfPeak, speedup: ratio?.value ?? null });
    }
  }
  if (results.size === 0) return null;
  return { id: variant.id.replace(oneThread, ''), peer, threads, flags: variant.flags, results };
}

function report(): string {
  const cell = (result: Result | undefined) =>
    result
      ? `${digits(result.gflops)}${result.percentOfPeak === null ? '' : ` (${Math.round(result.percentOfPeak)})`}`
      : '-';
  const head = (cases: readonly string[]) => ['candidate', 'threads', 'flags', ...cases];
  const name = ({ id, peer }: Row) => (peer ? `${id} (peer)` : id.replace('sgemm/', ''));
  const line = (row: Row, cases: readonly string[]) => [
    name(row),
    `${row.threads}`,
    shortFlags(row.flags),
    ...cases.map((c) => cell(row.results.get(c))),
  ];
  const mean = (row: Row) => {
    const values = suite.flatMap((c) => row.results.get(c)?.speedup ?? []);
    return values.length < suite.length ? null : values.reduce((sum, x) => sum + x, 0) / values.length;
  };
  const sorted = [...rows].sort((a, b) => (mean(b) ?? rateOf(b)) - (mean(a) ?? rateOf(a)));
  const variantRows = rowsOf(true);
  const variantNames = variantCases.map((c) => op.caseName(c));
  const found = targets(rows, variantRows, variantNames, cores);
  const verdict = (met: boolean | null) => (met === null ? '-' : met ? 'met' : '**not met**');
  const missing = new Map(done.flatMap((entry) => Object.entries(entry.missing)));
  const dates = [...new Set(done.map(({ at }) => at.slice(0, 10)))].join(', ');
  const peaks = (ceilings?.fma ?? []).map(
    (f) => `${f.bits}-bit, ${f.threads} thread${f.threads === 1 ? '' : 's'}: ${digits(f.gflops)}`,
  );
  return [
    `Gflop/s in the median call of the best of several rounds, and in brackets the share in % of the measured peak that flags and threads allow (${peaks.join('; ')} Gflop/s).`,
    markdownTable(
      [...head(squares), 'mean speedup'],
      sorted.map((row) => [...line(row, squares), multiple(mean(row))]),
    ),
    'The matrix products of training a small language model:',
    markdownTable(
      head(training),
      sorted.map((row) => line(row, training)),
    ),
    `Variants of ${aligned}, measured beside it:`,
    markdownTable(
      head([aligned, ...variantNames]),
      variantRows.map((row) => line(row, [aligned, ...variantNames])),
    ),
    markdownTable(
      ['target', 'found', ''],
      found.map(({ what, found, met }) => [what, found, verdict(met)]),
    ),
    ...[...missing].map(([id, why]) => `${id}: ${why}`),
    `*${dates}; ${describe(machine(), runtime())}; \`node bench/sgemm-table.ts\`.*`,
  ].join('\n\n');
}

function rateOf({ results }: Row): number {
  const rates = [...results.values()].flatMap(({ speedup }) => speedup ?? []);
  return rates.length > 0 ? median(rates) : 0;
}
