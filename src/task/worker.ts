import type { Io, Result } from '../report/output.ts';
import type { WorkerFlags } from './flags.ts';
export async function worker(_flags: WorkerFlags, _io: Io): Promise<Result> {
  throw new Error('not there yet');
}
