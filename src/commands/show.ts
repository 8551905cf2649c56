/** nfold show: a record as `bench` printed it, with every case. */
import { exit } from '../contract/errors.ts';
import { findRecord } from '../records/find.ts';
import { loadRecord } from '../records/store.ts';
import { print, warn } from '../report/output.ts';
import { reportersOf, writeReports } from '../report/reporters.ts';
import { reportRecord } from '../report/terminal.ts';

export async function show(reference: string, flags: { json?: boolean; reporter?: readonly string[] }): Promise<void> {
  const reporters = reportersOf(flags, 'record');
  const record = loadRecord(findRecord(reference, warn));
  const { id, name, note } = record;
  const reported = await writeReports(reporters, record, () =>
    print(`${reportRecord(record, { perCase: true })}\n\nRecord: ${[id, name, note].filter(Boolean).join(', ')}`),
  );
  if (!reported) process.exitCode = exit.failed;
}
