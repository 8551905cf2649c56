/** Runs of the stopwatch, each appended to a file. */
import { readFileSync } from 'node:fs';
import op from '../../baselines/sgemm/op.ts';
import oracle from '../../baselines/sgemm/oracle.ts';
import { disturbance, tooWide } from '../../src/analysis/disturbed.ts';
import { appendLine } from '../../src/files/write.ts';
import type { Interval } from '../../src/stats/interval.ts';
import { means } from '../../src/stats/means.ts';
import type { Sampled } from '../../src/stats/samples.ts';
import { leftOut, speedup } from '../../src/stats/speedup.ts';
import { type ComparisonVerdict, compare, noiseFloor } from '../../src/stats/verdict.ts';
import { efforts } from '../../src/stopwatch/effort.ts';
import { measure } from '../../src/stopwatch/measure.ts';
import { beside } from '../busy.ts';
import { cases, names, variantOf } from './kernels.ts';

export interface Wanted {
  /** Percent of its work that the candidate does twice. */
  readonly more: number;
  readonly effort: keyof typeof efforts;
  /** Other processes that keep a core busy. */
  readonly busy: number;
  /** Threads of the candidate; the baseline has one. */
  readonly threads: number;
}

export interface Run extends Wanted {
  readonly at: string;
  readonly seconds: number;
  readonly rounds: number;
  readonly leftOut: number;
  readonly floor: number | null;
  /** `speedup`: null if it is withheld. */
  readonly found: {
    readonly of: string;
    readonly speedup: Interval | null;
    readonly verdict: ComparisonVerdict | null;
  }[];
  /** Raw, so that another way to a speedup can be tried on the same times. */
  readonly samples: readonly Sampled[];
}

async function run(wanted: Wanted): Promise<Run> {
  const { more, threads } = wanted;
  const started = performance.now();
  const baseline = await variantOf('baseline', 0);
  const candidate = await variantOf('candidate', more, threads > 1 ? 'any' : 'one');
  const effort = efforts[wanted.effort];
  const { samples, verdicts } = await measure({
    ...{ op, oracle, baseline, variants: [candidate], cases, effort, threads },
    seed: (Math.random() * 2 ** 31) | 0,
    text: new Uint8Array(),
    signal: new AbortController().signal,
    onProgress() {},
  });
  const verdict = verdicts.get(candidate.id);
  if (verdict?.status !== 'pass') throw new Error(`the candidate is not right: ${JSON.stringify(verdict)}`);
  return {
    ...wanted,
    at: new Date().toISOString(),
    seconds: (performance.now() - started) / 1000,
    ...analysed(samples, effort.halfWidth),
    samples,
  };
}

/** What a run would report of these samples. */
export function analysed(
  samples: readonly Sampled[],
  margin: number,
): Pick<Run, 'rounds' | 'leftOut' | 'floor' | 'found'> {
  const ids = ['baseline', 'candidate'] as const;
  const floor = noiseFloor(samples, names);
  const left = names.map((name) => leftOut(samples, ...ids, name));
  const judged = (of: string, speedup: Interval | null, noise: number | undefined) => {
    return { of, speedup, verdict: speedup && compare(speedup, noise ?? null, margin) };
  };
  const each = names.map((name, i) => {
    const found = speedup(samples, ...ids, name);
    return disturbance(left[i], found) === null ? found : null;
  });
  const mean = each.includes(null) ? null : (means(samples, ...ids, names)?.arithmetic ?? null);
  return {
    rounds: new Set(samples.map(({ round }) => round)).size,
    leftOut: left.reduce((sum, { count }) => sum + count, 0) / left.reduce((sum, { of }) => sum + of, 0),
    floor: floor?.cases ?? null,
    found: [
      ...names.map((name, i) => judged(name, each[i], floor?.cases)),
      judged('mean', mean && tooWide(mean) === null ? mean : null, floor?.mean),
    ],
  };
}

export async function runs(wanted: Wanted, count: number, file: string): Promise<void> {
  const { more, effort, busy, threads } = wanted;
  await beside(busy, async () => {
    for (let i = 0; i < count; i++) {
      const one = await run(wanted);
      appendLine(file, JSON.stringify(one));
      const { speedup: mean, verdict } = one.found.at(-1) as Run['found'][number];
      const told = mean ? `${mean.value.toFixed(4)} [${mean.low?.toFixed(4)}, ${mean.high?.toFixed(4)}]` : 'withheld';
      const how = `${effort}, ${more} % more work, threads ${threads}, ${busy} busy`;
      console.log(`${how}: mean ${told} ${verdict ?? ''}, ${one.seconds.toFixed(1)} s`);
    }
  });
}

/** With today's analysis of their samples. */
export const runsIn = (file: string): Run[] =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => {
      const run = JSON.parse(line) as Run;
      return { ...run, threads: run.threads ?? 1, ...analysed(run.samples, efforts[run.effort].halfWidth) };
    });
