/** Older records to the present version. By the schema's defaults, a value that they did not hold becomes null or empty. */
import { machineClass } from '../machine/class.ts';
import { Machine } from './machine.ts';
import { discardRule, recordSchema } from './schema.ts';

type Data = { readonly [key: string]: unknown };

/** From each version to the next. */
const steps: { readonly [version: string]: (record: Data) => Data } = {
  'nfold/record@1': (record) => ({
    ...record,
    schema: 'nfold/record@2',
    candidates: withHashes(listOf(record.candidates), listOf(record.results)),
    baselines: baselinesOf(listOf(record.results)),
    // A suite was one op.
    means: listOf(record.means).map((mean) => ({ op: mean.suite, ...mean })),
  }),
  // Warnings were sentences, suites were names, and a peer that was not installed was an error whose message said so.
  'nfold/record@2': (record) => {
    const absent = new Set(
      listOf(record.candidates).flatMap(({ peer, message, candidate }) =>
        peer === true && said(message).includes('not installed') ? [candidate] : [],
      ),
    );
    const judged = (rows: unknown) =>
      listOf(rows).map((row) => (absent.has(row.candidate) ? { ...row, verdict: 'unsupported' } : row));
    return {
      ...record,
      schema: 'nfold/record@3',
      suites: suitesOf(record),
      warnings: Array.isArray(record.warnings) ? record.warnings.map((text) => ({ kind: 'note', text })) : [],
      discards: listOf(record.discards).map((discard) => ({ ...discard, rule: discardRule })),
      candidates: judged(record.candidates).map((one) =>
        one.verdict === 'unsupported' ? { ...one, message: said(one.message).replace(' Error: ', ' ') } : one,
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
  return isData(record) ? withClass(record) : record;
}

/** A record of before there were classes gets that of its machine, where the name of the CPU tells it. */
function withClass(record: Data): Data {
  const { machine } = record;
  if (!isData(machine) || Object.hasOwn(machine, 'class')) return record;
  const { success, data } = Machine.safeParse(machine);
  return success ? { ...record, machine: { ...machine, class: machineClass(data, null) } } : record;
}

function suitesOf({ suite, means }: Data): Data[] {
  const bySuite = Map.groupBy(listOf(means), (mean) => mean.suite);
  return said(suite)
    .split('+')
    .map((name) => {
      const ops = new Set(bySuite.get(name)?.map(({ op }) => op));
      return { name, ops: [...ops], showsEssayResults: name === 'train_gpt2' };
    });
}

/** Each with the hash of its first result. */
function withHashes(candidates: readonly Data[], results: readonly Data[]): Data[] {
  const hashes = new Map(
    results.map(({ candidate, hash }) => [candidate, hash ?? null]).reverse() as [unknown, unknown][],
  );
  return candidates.map((one) => ({ ...one, hash: hashes.get(one.candidate) ?? null }));
}

/** A text; '' for other data. */
const said = (value: unknown): string => (typeof value === 'string' ? value : '');

function baselinesOf(results: readonly Data[]): Data[] {
  const hashes = new Map(results.map(({ op, baseline }) => [op, isData(baseline) ? baseline.hash : null]));
  return [...hashes].map(([op, hash]) => ({ op, hash, sources: [] }));
}

const isData = (value: unknown): value is Data => typeof value === 'object' && value !== null && !Array.isArray(value);

const listOf = (value: unknown): readonly Data[] => (Array.isArray(value) ? value.filter(isData) : []);
