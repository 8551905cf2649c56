/** Records of older versions to the present one. What they did not hold becomes null or empty, by the schema's defaults. */
import { recordSchema } from './schema.ts';

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
