/** The source of a candidate as a record holds it, which may come from anybody. */

import type { Snapshot } from '../build/snapshot.ts';
import { digestOf, hashOf } from '../build/sources.ts';
import type { Parameters } from '../contract/candidate.ts';
import { NfoldError } from '../contract/errors.ts';
import type { AnyOp } from '../contract/op.ts';
import type { Record } from './schema.ts';

type Row = Record['candidates'][number];
type Dims = Readonly<{ [name: string]: number }>;

/** What names it: its id, if that is one of nfold's. */
export const originOf = ({ id }: Record): string =>
  /^\d{8}-\d{6}-[0-9a-f]{4}$/.test(id) ? id : `record-${digestOf(id).slice(0, 7)}`;

/** Null if the record does not hold it. Throws NfoldError if a text is not the one that its hash is of. */
export function snapshotOf(record: Record, row: Row, op: AnyOp): Snapshot | null {
  const held = row.sources.map(({ path, hash }) => {
    return { path, hash, text: Object.hasOwn(record.texts, hash) ? record.texts[hash] : null };
  });
  if (held.length === 0 || held.some(({ text }) => text === null)) return null;
  const files = held.map(({ path, hash, text }) => {
    if (hashOf(text!) !== hash)
      throw new NfoldError(
        `The text of ${path} in record ${record.id} was changed: its hash is not ${hash}.`,
        'bad-file',
      );
    return { path, content: contentOf(path, text!) };
  });
  return { id: row.candidate, origin: originOf(record), files, parameters: parametersIn(record, row, op) };
}

/** The text of a ready-made module is a data URL. */
const contentOf = (path: string, text: string): string | Uint8Array =>
  path.endsWith('.wasm') ? Buffer.from(text.slice(text.indexOf(',') + 1), 'base64') : text;

/** The parameters that the record's run made a generator's code with, for the dims of its cases. */
function parametersIn({ results }: Record, { candidate }: Row, op: AnyOp): (dims: Dims) => Parameters | null {
  const keyOf = (dims: Dims) => JSON.stringify(Object.entries(dims).sort());
  const byCase = new Map(
    results.flatMap((one) => (one.candidate === candidate && one.parameters ? [[one.case, one.parameters]] : [])),
  );
  const byDims = new Map(op.cases.map((one) => [keyOf(one.dims), byCase.get(op.caseName(one)) ?? null]));
  return (dims) => byDims.get(keyOf(dims)) ?? null;
}
