/**
 * The ladder of an op: every rung beside the one before it, at a few cases, as it runs and on one thread; written into
 * kernels/<op>/README.md between markers. A run takes two minutes and adds its rounds to those that the same sources were measured
 * with before (.nfold/ladder.jsonl), so that a noisy machine needs patience and not luck.
 *
 * Run: node bench/ladder.ts [sgemm | train_gpt2] [--fresh] [--print]
 */

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { geometricMean } from 'simple-statistics';
import { hashOf } from '../src/build/sources.ts';
import { scan } from '../src/catalog/candidates.ts';
import { loadText } from '../src/catalog/text.ts';
import { killAllCells } from '../src/cell/runs.ts';
import { revectorize } from '../src/contract/candidate.ts';
import { NfoldError } from '../src/contract/errors.ts';
import { threadsOf, type Variant } from '../src/contract/variant.ts';
import { workspace } from '../src/files/places.ts';
import { appendLine } from '../src/files/write.ts';
import { makeSeed } from '../src/judge/seed.ts';
import { fingerprint } from '../src/machine/ceilings.ts';
import { describe } from '../src/machine/describe.ts';
import { machine, runtime } from '../src/machine/fingerprint.ts';
import { ceilingsHere } from '../src/machine/peak.ts';
import { computePeak } from '../src/machine/roofline.ts';
import { digits, multiple } from '../src/report/format.ts';
import { Io } from '../src/report/output.ts';
import { markdownTable } from '../src/report/table.ts';
import { prepare } from '../src/run/prepare.ts';
import { verifyCandidates } from '../src/run/suite.ts';
import { minTurnNs, type Sampled } from '../src/stats/samples.ts';
import { type Effort, efforts } from '../src/stopwatch/effort.ts';
import { measure } from '../src/stopwatch/measure.ts';
import { parseOptions } from './options.ts';
import { fill } from './page.ts';

interface Ladder {
  /** From the foot to the top; what follows `over` was made from that rung, and not from the one before. */
  readonly rungs: readonly { readonly name: string; readonly over?: string }[];
  /** Names; all cases, if left out. */
  readonly cases?: readonly string[];
}

const ladders: Readonly<Record<string, Ladder>> = {
  sgemm: {
    rungs: [
      { name: 'ikj-ts' },
      { name: 'tile2x3-ts' },
      { name: 'ikj-wasmsimd', over: 'ikj-ts' },
      { name: 'direct-4x8-wasmsimd' },
      { name: 'tile4x8-wasmsimd' },
      { name: 'fma-6x8-wasmrelaxedsimd' },
      { name: 'threads-6x8-wasmrelaxedsimd' },
      { name: 'wide-6x16-wasmrelaxedsimd' },
      { name: 'packed-6x16-wasmrelaxedsimd' },
      { name: 'shaped-6x16-wasmrelaxedsimd', over: 'wide-6x16-wasmrelaxedsimd' },
      { name: 'shaped-6x8-wasmrelaxedsimd', over: 'threads-6x8-wasmrelaxedsimd' },
    ],
    cases: ['M64N64K64', 'M256N256K256', 'M512N512K512', 'M256N384K128', 'M256N384K128NT', 'M256N384K128TN'],
  },
  train_gpt2: {
    rungs: [
      { name: 'tiled-ts' },
      { name: 'simd-3x8-wasmsimd' },
      { name: 'fused-one-6x8-wasmrelaxedsimd' },
      { name: 'fused-6x8-wasmrelaxedsimd' },
      { name: 'fused-6x16-wasmrelaxedsimd' },
      { name: 'panels-6x16-wasmrelaxedsimd' },
      { name: 'panels-6x8-wasmrelaxedsimd', over: 'fused-6x8-wasmrelaxedsimd' },
    ],
  },
};
/** Many rounds of one turn each, in which all calls but the first find their caches warm. */
const effort: Effort = { ...efforts.quick, rounds: [6, 10], turns: 1, budgetS: 150 };
const alone = ' on 1 thread';

const stateFile = join(workspace().state, 'ladder.jsonl');

const { values: flags, positionals } = parseOptions({
  allowPositionals: true,
  options: { fresh: { type: 'boolean' }, print: { type: 'boolean' } },
});
const [name = 'sgemm'] = positionals;
const ladder = ladders[name];
if (!ladder)
  throw new NfoldError(`There is a ladder of ${Object.keys(ladders).join(' and of ')}, and none of '${name}'.`);
const { rungs } = ladder;
const page = `kernels/${name}/README.md`;
const controller = new AbortController();
process.on('SIGINT', () => {
  controller.abort();
  killAllCells();
});

const io = new Io(process);
const ids = rungs.map((rung) => `${name}/${rung.name}`);
const files = scan().candidates.filter(({ id }) => ids.includes(id));
const prepared = await prepare({ op: name, candidates: files, problems: [] });
const { op, oracle, baseline } = prepared;
const cases = op.cases.filter((c) => ladder.cases?.includes(op.caseName(c)) ?? true);
const caseNames = cases.map((c) => op.caseName(c));
const threads = machine().cores;
const ceilings = await ceilingsHere({ signal: controller.signal, onProgress: io.progress });
const committed = makeSeed(undefined);
const common = {
  seed: committed.seed,
  threads,
  text: loadText(undefined, [op]).bytes,
  signal: controller.signal,
  effort,
};
const options = { ...common, committed, caseFilter: undefined, onProgress: io.progress };
const candidates = await verifyCandidates(prepared, options, { cases, timedShapes: false });
const built = new Map(
  candidates.flatMap(({ id, built }) => (built ? [[id.replace(`${name}/`, ''), built] as const] : [])),
);
const variants = rungs.flatMap((rung) => {
  const whole = built.get(rung.name);
  if (!whole) throw new NfoldError(`${name}/${rung.name} is a rung of the ladder, and does not build`);
  return whole.threads === 'any' && threads > 1
    ? [whole, { ...whole, id: whole.id + alone, threads: 'one' as const }]
    : [whole];
});
const key = hashOf(fingerprint(), baseline.hash, ...[...built.values()].map(({ hash }) => hash));
if (flags.fresh) rmSync(stateFile, { force: true });
const before = kept();
const measured = await measure({ op, oracle, baseline, variants, cases, ...common, onProgress: io.progress });
io.endProgress();
if (measured.interrupted) process.exit(130);
// A rung that is wrong has no place on the ladder.
for (const [id, verdict] of measured.verdicts) {
  if (verdict.status !== 'pass')
    throw new NfoldError(`${id}: ${'message' in verdict ? verdict.message : verdict.status}`);
}
// Rounds are numbered on, as a round is what a speedup is a ratio within.
const rounds = 1 + Math.max(-1, ...before.map(({ round }) => round));
const fresh = measured.samples.map((sample) => ({ ...sample, round: sample.round + rounds }));
appendLine(stateFile, JSON.stringify({ key, samples: fresh }));
const text = report([...before, ...fresh]);
console.log(text);
if (!flags.print) {
  fill(page, 'ladder', `\n${text}\n`);
  console.log(`\nWritten to ${page}.`);
}

/** What earlier runs measured of the same sources on this machine. */
function kept(): Sampled[] {
  if (!existsSync(stateFile)) return [];
  const lines = readFileSync(stateFile, 'utf8').split('\n').filter(Boolean);
  return lines
    .map((line) => JSON.parse(line) as { key: string; samples: Sampled[] })
    .flatMap((run) => (run.key === key ? run.samples : []));
}

interface Row {
  readonly step: string;
  readonly name: string;
  readonly threads: number;
  /** Nanoseconds of a call, by case. */
  readonly times: readonly number[];
  readonly cells: readonly string[];
}

function rowOf(samples: readonly Sampled[], step: string, name: string, variant: Variant): Row {
  const used = threadsOf(variant, threads);
  const peak = ceilings && computePeak(ceilings, { threads: used, flags: [revectorize] });
  const times = cases.map((c) => minTurnNs(samples, variant.id, op.caseName(c)) as number);
  const cells = cases.map((c, i) => {
    const rate = op.flop(c.dims) / times[i];
    return `${digits(rate)}${peak ? ` (${share(rate / peak)})` : ''}`;
  });
  return { step, name, threads: used, times, cells };
}

function share(part: number): string {
  return part < 0.1 ? (100 * part).toFixed(1) : (100 * part).toFixed(0);
}

function report(samples: readonly Sampled[]): string {
  const byName = (suffix: string) =>
    rungs.map((rung, i) => {
      const id = `${name}/${rung.name}`;
      const variant = variants.find((one) => one.id === id + suffix) ?? variants.find((one) => one.id === id);
      return rowOf(samples, `${i + 1}`, rung.name, variant as Variant);
    });
  const foot = rowOf(samples, '0', 'the baseline', { ...baseline, threads: 'one' });
  const [whole, single] = [byName(''), byName(alone)];
  const threaded = single.filter((row, i) => row.threads !== whole[i].threads);
  const peaks = (ceilings?.fma ?? []).map(
    (f) => `${f.bits} bits on ${f.threads} thread${f.threads === 1 ? '' : 's'} ${digits(f.gflops)}`,
  );
  return [
    `Gflop/s, and in brackets the share in % of the 256-bit peak of as many threads, each from the round that was disturbed least. The peaks here: ${peaks.join(', ')} Gflop/s.`,
    markdownTable(
      ['step', 'candidate', 'threads', ...caseNames, 'over the baseline'],
      [foot, ...whole, ...threaded].map((row) => [
        row.step,
        row.name,
        `${row.threads}`,
        ...row.cells,
        multiple(geometricMean(ratios(foot, row))),
      ]),
    ),
    'What each step is worth: its speed over that of the one it was made from, case by case, and their geometric mean.',
    markdownTable(
      ['step', 'over', 'threads', ...caseNames, 'mean'],
      [...factors(foot, whole), ...factors(foot, single, threaded)],
    ),
    `*${new Date().toISOString().slice(0, 10)}; ${describe(machine(), runtime())}; ${new Set(samples.map(({ round }) => round)).size} rounds; \`node bench/ladder.ts ${name}\`.*`,
  ].join('\n\n');
}

/** How many times as fast as another row, by case. */
function ratios(before: Row, { times }: Row): number[] {
  return times.map((ns, c) => before.times[c] / ns);
}

function factors(foot: Row, rows: readonly Row[], wanted: readonly Row[] = rows): string[][] {
  return rows.flatMap((row, i) => {
    if (!wanted.includes(row)) return [];
    const { over } = rungs[i];
    const before = over ? (rows.find(({ name }) => name === over) as Row) : i === 0 ? foot : rows[i - 1];
    const worth = ratios(before, row);
    return [
      [
        `${row.step} ${row.name}`,
        before.name,
        `${row.threads}`,
        ...worth.map(multiple),
        `**${multiple(geometricMean(worth))}**`,
      ],
    ];
  });
}
