/** nfold show: a record as `bench` printed it, with every case. */
import { findRecord } from '../records/find.ts';
import { loadRecord } from '../records/store.ts';
import { print, printJson } from '../report/output.ts';
import { reportRecord } from '../report/terminal.ts';

export function show(reference: string, { json = false }: { json?: boolean }): void {
  const record = loadRecord(findRecord(reference));
  if (json) printJson(record);
  else print(`${reportRecord(record, { perCase: true })}\n\nRecord: ${record.id}`);
}
