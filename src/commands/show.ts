/** nfold show: a record as `bench` printed it, with every case. */
import { exit } from '../contract/errors.ts';
import { findRecord } from '../records/find.ts';
import type { Record } from '../records/schema.ts';
import { loadRecord } from '../records/store.ts';
import type { Io, Result } from '../report/output.ts';
import { reported, reportersOf } from '../report/reporters.ts';
import { reportRecord } from '../report/terminal.ts';
import type { FlagsOf, show as words } from './flags.ts';

export function show(reference: string, flags: FlagsOf<typeof words>, io: Io): Result<Record> {
  const reporters = reportersOf(flags, 'record');
  const record = loadRecord(findRecord(reference, io.warn));
  const { id, name, note } = record;
  const text = `${reportRecord(record, { perCase: true })}\n\nRecord: ${[id, name, note].filter(Boolean).join(', ')}`;
  return reported(reporters, record, { code: exit.fine, data: record, text }, io);
}
