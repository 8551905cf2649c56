/** How often `compare --fail-below 0.95` fails between two runs of a file. */
import { meanEstimate } from '../../src/stats/means.ts';
import { pooledOver } from '../../src/stats/speedup.ts';
import { compare, noiseFloor } from '../../src/stats/verdict.ts';
import { ratioOf } from '../../src/stats/welch.ts';
import { efforts } from '../../src/stopwatch/effort.ts';
import { names, slowdowns } from './kernels.ts';
import { type Run, runsIn } from './runs.ts';

/** Whether the gate fails between two runs: some ratio, of the mean or of a case, is certainly slower and below the limit. */
function fails(from: Run, to: Run, limit: number): boolean {
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

export function gate(file: string): void {
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
