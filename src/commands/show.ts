/** nfold show: a record as `bench` printed it, with every case. */
import { findRecord } from '../records/find.ts';
import { loadRecord } from '../records/store.ts';
import { print, warn } from '../report/output.ts';
import { reportersOf, writeReports } from '../report/reporters.ts';
import { reportRecord } from '../report/terminal.ts';

export function show(reference: string, flags: { json?: boolean; reporter?: readonly string[] }): void {
  const reporters = reportersOf(flags, 'record');
  const record = loadRecord(findRecord(reference, warn));
  if (writeReports(reporters, record)) return;
  const { id, name, note } = record;
  print(`${reportRecord(record, { perCase: true })}\n\nRecord: ${[id, name, note].filter(Boolean).join(', ')}`);
}
