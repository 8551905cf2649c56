/**
 * Do the intervals hold the truth? Simulated runs go through the statistics as real ones do: raw times of calls in turns and rounds, with
 * noise of heavy tails, drift, and another process that takes the CPU. Prints a Markdown table of the coverage and the median half-width of
 * the mean and of a case, beside those of Student's t over the rounds alone.
 *
 *   node bench/intervals.ts [--runs N]     default: 2000 for each line
 *
 * The model  time = truth * exp(shift of the round + drift + scatter of the case in the round) * noise of the call, where noise is
 *            log-normal, 3 %, and one call in twenty takes up to three times as long; busy: a third of the calls wait for time slices of 4 ms
 */
import { mean, median } from 'simple-statistics';
import { makeRng, type Rng } from '../src/contract/rng.ts';
import { estimateOf, halfWidth, type Interval, intervalOf } from '../src/stats/interval.ts';
import { means } from '../src/stats/means.ts';
import type { Sampled } from '../src/stats/samples.ts';
import { ratios, speedup } from '../src/stats/speedup.ts';
import { parseOptions } from './options.ts';

interface Machine {
  readonly name: string;
  /** Of the ratio at a case in a round, on the log scale, and whether its tails are heavy (Student's t with 3 degrees of freedom). */
  readonly scatter: number;
  readonly heavy: boolean;
  /** Of all ratios in a round. */
  readonly shift: number;
  /** Of all times from the first round to the last, which the order of turns has to cancel. */
  readonly drift: number;
  /** Share of calls that wait for a time slice. */
  readonly waiting: number;
}

const calm: Machine = { name: 'calm', scatter: 0.04, heavy: false, shift: 0, drift: 0, waiting: 0 };
const machines: readonly Machine[] = [
  calm,
  { ...calm, name: 'heavy tails', scatter: 0.08, heavy: true },
  { ...calm, name: 'heavy tails, rounds shift by 5 %', scatter: 0.08, heavy: true, shift: 0.05 },
  { ...calm, name: 'drift of 20 %', scatter: 0.08, shift: 0.02, drift: 0.2 },
  { ...calm, name: 'busy neighbour', scatter: 0.08, heavy: true, shift: 0.03, waiting: 1 / 3 },
];

const [turns, calls] = [4, 3];
const sliceNs = 4e6;

function student3(rng: Rng): number {
  const squares = rng.normal() ** 2 + rng.normal() ** 2 + rng.normal() ** 2;
  return rng.normal() / Math.sqrt(squares);
}

/** The samples of a run whose true speedups are `truths`, case by case. */
function simulate(machine: Machine, truths: readonly number[], rounds: number, rng: Rng): Sampled[] {
  const scales = truths.map(() => machine.scatter * Math.exp(0.3 * rng.normal()));
  const samples: Sampled[] = [];
  for (let round = 0; round < rounds; round++) {
    const shift = machine.shift * rng.normal();
    for (const [i, truth] of truths.entries()) {
      const off = shift + scales[i] * (machine.heavy ? student3(rng) : rng.normal());
      for (let turn = 0; turn < turns; turn++) {
        for (const variant of ['baseline', 'candidate']) {
          const place = (turn % 2 === 0) === (variant === 'baseline') ? 0 : 0.5;
          const at = (round + (turn + place) / turns) / rounds;
          const usual = 1e6 * Math.exp(machine.drift * at) * (variant === 'baseline' ? 1 : Math.exp(-off) / truth);
          const taken = Array.from({ length: calls }, () => call(usual, machine, rng));
          const [timeNs, queuedNs] = [0, 1].map((part) => taken.map((one) => one[part]));
          samples.push({ round, turn, case: `${i}`, variant, timeNs, queuedNs });
        }
      }
    }
  }
  return samples;
}

/** Time and waiting time of a call. */
function call(usual: number, { waiting }: Machine, rng: Rng): [timeNs: number, queuedNs: number] {
  const slow = rng.unit() < 0.05 ? 1 + 2 * rng.unit() : 1;
  const ns = usual * slow * Math.exp(0.03 * rng.normal());
  const queued = rng.unit() < waiting ? sliceNs * rng.unit() : 0;
  return [ns + queued, queued];
}

/** What a mean and a case had before: Student's t over the rounds. */
const overRounds = (values: readonly number[]): Interval => intervalOf(estimateOf(values));

function study(machine: Machine, cases: number, rounds: number, runs: number): string[] {
  const rng = makeRng(20261129);
  const found = { mean: [] as Covered[], case: [] as Covered[], oldMean: [] as Covered[], oldCase: [] as Covered[] };
  for (let run = 0; run < runs; run++) {
    const truths = Array.from({ length: cases }, () => Math.exp(3 + 0.6 * rng.normal()));
    const samples = simulate(machine, truths, rounds, rng);
    const names = truths.map((_, i) => `${i}`);
    const byRound = names.map((name) => [...ratios(samples, 'baseline', 'candidate', name).values()]);
    const truth = mean([...truths]);
    found.mean.push(covered(means(samples, 'baseline', 'candidate', names)?.arithmetic, truth));
    found.case.push(covered(speedup(samples, 'baseline', 'candidate', '0'), truths[0]));
    const whole = byRound.every((values) => values.length === rounds);
    const sums = Array.from({ length: rounds }, (_, r) => mean(byRound.map((values) => values[r])));
    if (whole) found.oldMean.push(covered(overRounds(sums), truth));
    if (byRound[0].length > 1) found.oldCase.push(covered(overRounds(byRound[0]), truths[0]));
  }
  const text = (list: readonly Covered[]) => {
    const share = (100 * list.filter(({ held }) => held).length) / list.length;
    return `${share.toFixed(1)} %, ${(100 * median(list.map(({ half }) => half))).toFixed(1)} %`;
  };
  return [
    machine.name,
    `${cases}`,
    `${rounds}`,
    text(found.mean),
    text(found.oldMean),
    text(found.case),
    text(found.oldCase),
  ];
}

interface Covered {
  readonly held: boolean;
  readonly half: number;
}

function covered(interval: Interval | null | undefined, truth: number): Covered {
  const { low, high } = interval ?? { low: null, high: null };
  if (low === null || high === null) return { held: true, half: Number.POSITIVE_INFINITY };
  return { held: low <= truth && truth <= high, half: halfWidth(interval as Interval) };
}

const { values } = parseOptions({ options: { runs: { type: 'string', default: '2000' } } });
const line = (cells: readonly string[]) => console.log(`| ${cells.join(' | ')} |`);
const columns = [
  'machine',
  'cases',
  'rounds',
  'mean: held, half-width',
  'by rounds alone',
  'a case',
  'by rounds alone',
];
line(columns);
line(columns.map(() => '---'));
for (const machine of machines)
  for (const cases of [5, 13])
    for (const rounds of [2, 3, 5, 10]) line(study(machine, cases, rounds, Number(values.runs)));
