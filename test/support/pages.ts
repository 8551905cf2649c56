/** Records as pages have to show them: the published ones, and others made from them. */
import { join } from 'node:path';
import { packageRoot } from '../../src/files/places.ts';
import type { Record } from '../../src/records/schema.ts';
import { loadRecord, recordFiles, recordOf } from '../../src/records/store.ts';
import { byMean } from '../../src/stats/means.ts';
import { cases, draft } from './draft.ts';
import { escapes } from './hostile.ts';

/** The best of a record's first suite. */
export function bestOf({ means }: Record) {
  const [first] = means;
  const own = means.filter(({ suite, peer, arithmetic }) => suite === first.suite && !peer && arithmetic !== null);
  return own.toSorted(byMean)[0];
}

export const published = (): Record[] => recordFiles(join(packageRoot, 'bench/records')).map(loadRecord);

const [step] = published();

type Named = { readonly op: string; readonly case: string };

/** Without the rows of cases that are not wanted. */
export function withCases(record: Record, wanted: (row: Named) => boolean): Record {
  const { results, samples, discards } = record;
  return {
    ...record,
    results: results.filter(wanted),
    samples: samples.filter(wanted),
    discards: discards.filter(wanted),
  };
}

/** A record of one suite of one case, whose mean is that case. */
export function oneCase(): Record {
  const record = withCases(step, ({ op, case: name }) => op === 'train_gpt2' && name.startsWith('B4T32'));
  const of = ({ op }: { readonly op: string | null }) => op === 'train_gpt2';
  const means = record.means.filter(of).map((mean) => {
    const found = record.results.find(({ candidate }) => candidate === mean.candidate)?.speedup ?? null;
    const value = found?.value ?? null;
    return { ...mean, cases: 1, arithmetic: found, geometric: value, harmonic: value, least: value, greatest: value };
  });
  const [suite] = record.suites;
  return { ...record, suites: [suite], suite: suite.name, means, candidates: record.candidates.filter(of) };
}

/** A record of sgemm with this many cases, with ratios below 1 among them. */
export function manyCases(count: number): Record {
  const made = recordOf(draft());
  const renamed = <Row extends Named>(rows: readonly Row[]) =>
    Array.from({ length: count }, (_, i) =>
      rows
        .filter((row) => row.case === cases[i % 2])
        .map((row) => ({ ...row, case: `M${i + 1}N${2 * i + 1}K${(7 * i) % 99}` })),
    ).flat();
  const results = renamed(made.results).map((row, i) => {
    const value = 0.5 * 1.02 ** i;
    return { ...row, speedup: { value, low: value * 0.9, high: value * 1.1 } };
  });
  return {
    ...made,
    results,
    samples: renamed(made.samples),
    means: made.means.map((mean) => ({ ...mean, cases: count })),
  };
}

/** Records of one candidate, a day apart, with these speedups. */
export const inTime = (speedups: readonly number[]): Record[] =>
  speedups.map((value, i) => {
    const createdAt = new Date(Date.UTC(2026, 0, 1 + i)).toISOString();
    const rounds = [0.99, 1, 1.01].map((noise) => value * noise);
    const made = draft({ speedups: [rounds, rounds], hash: value > 3 ? 'cccc' : 'aaaa', overrides: { createdAt } });
    return recordOf({ ...made, name: i === 3 ? 'blessed' : null });
  });

/** A record with a candidate that fails, and one whose mean is withheld. */
export function failing(): Record {
  const [bad, disturbed] = step.means;
  const finding = {
    ...{ reason: 'differs', where: 'C[3, 4]', case: 'M64N64K64', distribution: 'normal', seed: 7 },
    ...{ got: 1.5, want: 1.25, error: 0.25, bound: 1e-6 },
    elements: { tensor: 'C', wrong: 64, of: 4096, shared: 'in the last column' },
  };
  const message = 'C[3, 4] is 1.5 where it should be 1.25.';
  const none = { arithmetic: null, geometric: null, harmonic: null, least: null, greatest: null, cases: 0 };
  const withheld = new Map([
    [bad.candidate, `fail: ${message}`],
    [disturbed.candidate, 'disturbed at B4T32L2C64NH4V256: 4 of 6 rounds had no calm turn'],
  ]);
  return {
    ...step,
    candidates: step.candidates.map((one) =>
      one.candidate === bad.candidate
        ? { ...one, verdict: 'fail', message, finding, replay: `nfold verify ${bad.candidate} --seed 7` }
        : one,
    ),
    results: step.results.map((row) => {
      if (row.candidate === bad.candidate)
        return { ...row, verdict: 'fail', speedup: null, timeNs: null, verification: null };
      if (row.candidate !== disturbed.candidate) return row;
      return { ...row, speedup: null, timeNs: null, disturbed: '4 of 6 rounds had no calm turn' };
    }),
    means: step.means.map((mean) =>
      withheld.has(mean.candidate) ? { ...mean, ...none, withheld: withheld.get(mean.candidate) ?? null } : mean,
    ),
  };
}

export const versionOne = (): Record => loadRecord(join(packageRoot, 'test/fixtures/records/version-1.json'));

/** With the text of each candidate's own file alone: axe takes seconds for more. */
export function brief(record: Record): Record {
  const own = new Set([...record.candidates, ...record.baselines].map(({ sources }) => sources[0]?.hash));
  const texts = Object.fromEntries(Object.entries(record.texts).filter(([hash]) => own.has(hash)));
  return { ...record, texts };
}

export const interrupted = (): Record => ({ ...step, interrupted: true });

/** Two classes of machines that ran the same. */
export const twoMachines = (): Record[] => {
  const machine = { ...step.machine, cpu: 'Other CPU', cores: 8, class: 'intel-icelake-avx512-8c' };
  return [step, { ...step, id: '20261126-000000-aaaa', createdAt: '2026-11-26T00:00:00.000Z', machine }];
};

export const attack = `<script>alert(1)</script><img src=x onerror=alert(1)>"'></style></svg></script><b>&amp;${escapes}`;

/** Every word of a record that is not of a fixed vocabulary has markup, quotes and escapes in it. */
export const hostile = (record: Record, put = attack): Record =>
  JSON.parse(
    JSON.stringify(record, (key, value) =>
      typeof value === 'string' &&
      !/schema|createdAt|effort|verdict|tier|bound|unit|kind|rule|comparison|^hash$|code|^id$/.test(key)
        ? `${value}${put}`
        : value,
    ),
  );

/** Pages that have to look right, by name. */
export const pages: readonly (readonly [name: string, records: () => Record[]])[] = [
  ['the published records', published],
  ['one case', () => [oneCase()]],
  ['200 cases', () => [manyCases(200)]],
  ['forty records', () => inTime(Array.from({ length: 40 }, (_, i) => (i < 20 ? 2 : 4)))],
  ['failures and withheld means', () => [failing()]],
  ['an interrupted run', () => [interrupted()]],
  ['a record of version 1', () => [versionOne()]],
  ['two machines', twoMachines],
  ['markup and escapes in every word', () => published().map((record) => hostile(record))],
];
