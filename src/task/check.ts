import type { Io, Result } from '../report/output.ts';
import type { CheckFlags } from './flags.ts';
export async function checkTask(_folder: string, _flags: CheckFlags, _io: Io): Promise<Result> {
  throw new Error('not there yet');
}
