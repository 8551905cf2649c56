/** nfold show: a record as `bench` printed it, with every case. */
import { exit } from '../contract/errors.ts';
import { findRecord } from '../records/find.ts';
import type { Record } from '../records/schema.ts';
import { loadRecord } from '../records/store.ts';
import type { Io, Result } from '../report/output.ts';
import { reported, reportersOf } from '../report/reporters.ts';
import { inWindow } from '../report/screen.ts';
import { reportRecord } from '../report/terminal.ts';
import { wrapped } from '../report/width.ts';
import type { FlagsOf, show as words } from './flags.ts';

export function show(reference: string, flags: FlagsOf<typeof words>, io: Io): Result<Record> {
  const reporters = reportersOf(flags, 'record');
  const record = loadRecord(findRecord(reference, io.warn));
  const { id, name, note } = record;
  const source = `Record: ${[id, name, note].filter(Boolean).join(', ')}`;
  const text = inWindow(flags.wide === true, () =>
    [reportRecord(record, { perCase: true }), wrapped(source)].join('\n\n'),
  );
  return reported(reporters, record, { code: exit.fine, data: record, text }, io);
}
