/** A record as a run of sgemm on two cases might leave it, with the given speedups of each round. */
import { type Draft, recordSchema } from '../../src/records/schema.ts';
import { type Means, means } from '../../src/stats/means.ts';
import { typicalNs } from '../../src/stats/samples.ts';
import { speedup } from '../../src/stats/speedup.ts';

export const cases = ['M64N64K64', 'M128N128K128'] as const;

export interface Made {
  readonly candidate?: string;
  /** Of the candidate, round by round, by case. */
  readonly speedups?: readonly (readonly number[])[];
  readonly hash?: string;
  readonly baselineHash?: string;
  readonly flags?: readonly string[];
  readonly source?: string;
  readonly overrides?: Partial<Draft>;
}

const baselineNs = [1e6, 8e6];

export function draft({
  candidate = 'sgemm/mine-ts',
  speedups = [
    [2, 2.02, 1.98],
    [4, 4.04, 3.96],
  ],
  hash = 'aaaa',
  baselineHash = 'bbbb',
  flags = [],
  source = 'export default 1;\n',
  overrides = {},
}: Made = {}): Draft {
  const at = (round: number, i: number) => ({ op: 'sgemm', round, turn: 0, case: cases[i], queuedNs: null });
  const samples = speedups.flatMap((rounds, i) =>
    rounds.flatMap((value, round) => [
      { ...at(round, i), variant: 'sgemm/baseline', timeNs: [baselineNs[i]] },
      { ...at(round, i), variant: candidate, timeNs: [baselineNs[i] / value] },
    ]),
  );
  const names = cases.slice(0, speedups.length);
  const of = (c: string) => speedup(samples, 'sgemm/baseline', candidate, c);
  return {
    schema: recordSchema,
    createdAt: '2026-11-25T10:00:00.000Z',
    name: null,
    note: null,
    suite: 'sgemm',
    suites: [{ name: 'sgemm', ops: ['sgemm'], showsEssayResults: false }],
    effort: 'quick',
    seed: 1,
    commitment: null,
    text: 'none',
    threads: 2,
    caseFilter: null,
    interrupted: false,
    seconds: 1,
    machine: {
      ...{ cpu: 'A', cores: 2, memoryBytes: 2 ** 34, os: 'linux 6', arch: 'x64', virtual: false, load: 0.1 },
      class: 'amd-zen3-avx2-2c',
    },
    runtime: { nfold: '0.1.0', node: '26.10.0', v8: '14.6' },
    ceilings: null,
    isolation: null,
    warnings: [],
    baselines: [{ op: 'sgemm', hash: baselineHash, sources: [] }],
    candidates: [
      {
        candidate,
        peer: false,
        op: 'sgemm',
        about: 'an idea, with "quotes" and a | bar',
        verdict: 'pass',
        message: null,
        replay: null,
        finding: null,
        error: null,
        checks: 10,
        hash,
        sources: [{ path: `kernels/${candidate}.ts`, hash: 'text1' }],
        attempt: null,
      },
    ],
    results: names.map((c) => ({
      candidate,
      peer: false,
      op: 'sgemm',
      case: c,
      threads: 1,
      flags: [...flags],
      tier: 'J',
      hash,
      verdict: 'pass',
      speedup: of(c),
      comparison: null,
      disturbed: null,
      noiseFloor: null,
      baseline: { hash: baselineHash, timeNs: typicalNs(samples, 'sgemm/baseline', c) },
      timeNs: typicalNs(samples, candidate, c),
      gflops: 1,
      gbPerSecond: 1,
      percentOfPeak: null,
      peak: null,
      parameters: null,
      verification: { worst: 0.1, bound: 1 },
    })),
    means: [
      {
        candidate,
        peer: false,
        suite: 'sgemm',
        op: 'sgemm',
        cases: names.length,
        ...(means(samples, 'sgemm/baseline', candidate, names) as Means),
        comparison: null,
        noiseFloor: null,
        withheld: null,
        weights: null,
      },
    ],
    pairs: [],
    overall: [],
    unseen: [],
    discards: [],
    samples,
    texts: { text1: source },
    ...overrides,
  };
}
