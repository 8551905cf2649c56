import type { Io, Result } from '../report/output.ts';
import type { LogFlags } from './flags.ts';
export async function logTask(_flags: LogFlags, _io: Io): Promise<Result> {
  throw new Error('not there yet');
}
