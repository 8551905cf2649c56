/** Older records to the present version. What they did not hold becomes null or empty, by the schema's defaults. */
import { discardRule, recordSchema } from './schema.ts';

type Data = { readonly [key: string]: unknown };

/** By version, each to the next. */
const steps: { readonly [version: string]: (record: Data) => Data } = {
  'nfold/record@1': (record) => ({
    ...record,
    schema: 'nfold/record@2',
    candidates: listOf(record.candidates).map((candidate) => ({
      ...candidate,
      hash: listOf(record.results).find((r) => r.candidate === candidate.candidate)?.hash ?? null,
    })),
    baselines: baselinesOf(listOf(record.results)),
    // A suite was one op then.
    means: listOf(record.means).map((mean) => ({ op: mean.suite, ...mean })),
  }),
  // Warnings were sentences; suites were names, and what was not installed was an error that said so.
  'nfold/record@2': (record) => {
    const isAbsent = ({ peer, message }: Data) => peer === true && `${message}`.includes('not installed');
    const absent = listOf(record.candidates)
      .filter(isAbsent)
      .map(({ candidate }) => candidate);
    const judged = (rows: unknown) =>
      listOf(rows).map((row) => (absent.includes(row.candidate) ? { ...row, verdict: 'unsupported' } : row));
    return {
      ...record,
      schema: 'nfold/record@3',
      suites: suitesOf(record),
      warnings: Array.isArray(record.warnings) ? record.warnings.map((text) => ({ kind: 'note', text })) : [],
      discards: listOf(record.discards).map((discard) => ({ ...discard, rule: discardRule })),
      candidates: judged(record.candidates),
      results: judged(record.results),
    };
  },
};

/** Data that is no record, or one of a later version, comes back as it is, for the schema to refuse. */
export function upgrade(data: unknown): unknown {
  let record = data;
  while (isData(record) && record.schema !== recordSchema) {
    const { schema } = record;
    if (typeof schema !== 'string' || !Object.hasOwn(steps, schema)) break;
    record = steps[schema](record);
  }
  return record;
}

function suitesOf({ suite, means }: Data): Data[] {
  return `${suite}`.split('+').map((name) => {
    const ops = listOf(means)
      .filter((mean) => mean.suite === name)
      .map(({ op }) => op);
    return { name, ops: [...new Set(ops)], showsEssayResults: name === 'train_gpt2' };
  });
}

function baselinesOf(results: readonly Data[]): Data[] {
  const hashes = new Map(results.map(({ op, baseline }) => [op, isData(baseline) ? baseline.hash : null]));
  return [...hashes].map(([op, hash]) => ({ op, hash, sources: [] }));
}

function isData(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): readonly Data[] {
  return Array.isArray(value) ? value.filter(isData) : [];
}
