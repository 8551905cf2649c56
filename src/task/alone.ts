/** Verifies and times sources beside their baseline, and beside nothing else. */
import type { Suite } from '../../bench/suites.ts';
import { type Snapshot, withSnapshots } from '../build/snapshot.ts';
import { measureDraft } from '../commands/bench.ts';
import type { BenchFlags } from '../commands/flags.ts';
import type { Wanted } from '../commands/run.ts';
import type { Io } from '../report/output.ts';
import type { Effort } from '../stopwatch/effort.ts';

interface Alone extends Pick<Wanted, 'committed' | 'stopping'> {
  readonly suite: Suite;
  readonly effort: Effort['name'];
}

/** Throws as measureDraft does. */
export const measureAlone = (
  snapshots: readonly Snapshot[],
  { suite, effort, ...wanted }: Alone,
  flags: BenchFlags,
  io: Io,
): ReturnType<typeof measureDraft> => {
  const suites = [{ ...suite, peers: [], slowPeers: [], intermediates: [] }];
  return withSnapshots(snapshots, (candidates) =>
    measureDraft([], flags, io, { ...wanted, byDefault: { effort, suites }, selection: { candidates, problems: [] } }),
  );
};
