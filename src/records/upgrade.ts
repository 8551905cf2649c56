/** Older records to the present version. By the schema's defaults, a value that they did not hold becomes null or empty. */
import { discardRule, recordSchema } from './schema.ts';

type Data = { readonly [key: string]: unknown };

/** From each version to the next. */
const steps: { readonly [version: string]: (record: Data) => Data } = {
  'nfold/record@1': (record) => ({
    ...record,
    schema: 'nfold/record@2',
    candidates: listOf(record.candidates).map((candidate) => ({
      ...candidate,
      hash: listOf(record.results).find((r) => r.candidate === candidate.candidate)?.hash ?? null,
    })),
    baselines: baselinesOf(listOf(record.results)),
    // A suite was one op.
    means: listOf(record.means).map((mean) => ({ op: mean.suite, ...mean })),
  }),
  // Warnings were sentences, suites were names, and a peer that was not installed was an error whose message said so.
  'nfold/record@2': (record) => {
    const absent = listOf(record.candidates).flatMap(({ peer, message, candidate }) =>
      peer === true && `${message}`.includes('not installed') ? [candidate] : [],
    );
    const judged = (rows: unknown) =>
      listOf(rows).map((row) => (absent.includes(row.candidate) ? { ...row, verdict: 'unsupported' } : row));
    return {
      ...record,
      schema: 'nfold/record@3',
      suites: suitesOf(record),
      warnings: Array.isArray(record.warnings) ? record.warnings.map((text) => ({ kind: 'note', text })) : [],
      discards: listOf(record.discards).map((discard) => ({ ...discard, rule: discardRule })),
      candidates: judged(record.candidates).map((one) =>
        one.verdict === 'unsupported' ? { ...one, message: `${one.message}`.replace(' Error: ', ' ') } : one,
      ),
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
    const ops = listOf(means).flatMap(({ suite, op }) => (suite === name ? [op] : []));
    return { name, ops: [...new Set(ops)], showsEssayResults: name === 'train_gpt2' };
  });
}

function baselinesOf(results: readonly Data[]): Data[] {
  const hashes = new Map(results.map(({ op, baseline }) => [op, isData(baseline) ? baseline.hash : null]));
  return [...hashes].map(([op, hash]) => ({ op, hash, sources: [] }));
}

const isData = (value: unknown): value is Data => typeof value === 'object' && value !== null && !Array.isArray(value);

const listOf = (value: unknown): readonly Data[] => (Array.isArray(value) ? value.filter(isData) : []);
