import type { Io, Result } from '../report/output.ts';
import type { ExportFlags } from './flags.ts';
export async function exportTask(_folder: string, _flags: ExportFlags, _io: Io): Promise<Result> {
  throw new Error('not there yet');
}
