import type { Io, Result } from '../report/output.ts';
import type { ScoreFlags } from './flags.ts';
export async function scoreTask(_folders: readonly string[], _flags: ScoreFlags, _io: Io): Promise<Result> {
  throw new Error('not there yet');
}
