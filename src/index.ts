/**
 * `nfold` as a library: each command's work as a function. It runs in a workspace, reports progress as events, stops by an AbortSignal, and
 * returns what the command prints with `--json`. Nothing is printed, and two calls in one process share nothing but the machine.
 *
 * Needs    Node 24 or later; the one that comes with nfold is first on the PATH of npm scripts and of `npx node`.
 */
import { compareRecords } from './analysis/compare.ts';
import { withOwnCells } from './cell/cell.ts';
import { measureAndSave, measureDraft } from './commands/bench.ts';
import { refuseOtherBaselines } from './commands/compare.ts';
import { list as listCommand } from './commands/list.ts';
import { verify as verifyCommand } from './commands/verify.ts';
import { NfoldError } from './contract/errors.ts';
import type { OnProgress } from './contract/progress.ts';
import { inWorkspace, type Workspace, workspaceAt } from './files/places.ts';
import { usableCores } from './machine/cpus.ts';
import { findRecord } from './records/find.ts';
import type { Record as RunRecord } from './records/schema.ts';
import { loadRecord as loadFile, recordOf } from './records/store.ts';
import { Io } from './report/output.ts';
import { comparedData } from './report/reporters.ts';
import { onScreen } from './report/screen.ts';

export * from './contract/index.ts';
export type { Progress } from './contract/progress.ts';
export { NfoldError, type OnProgress, type RunRecord, type Workspace, workspaceAt };

/** Where a call works. */
export interface Place {
  /** The folder whose `kernels/`, `baselines/` and `.nfold/` count; by default that of the process. */
  readonly workspace?: Workspace;
}

/** How a call is followed and stopped. */
export interface Following {
  /** What it works on, as often as that changes. */
  readonly onProgress?: OnProgress;
  /** Sentences that the command writes to stderr: warnings, and what was left out. */
  readonly onNote?: (sentence: string) => void;
  readonly signal?: AbortSignal;
}

/** What `verify` and `bench` take, with the defaults of the command line. */
export interface RunSettings extends Place, Following {
  readonly effort?: 'quick' | 'default' | 'thorough';
  /** Only cases whose name matches this glob or contains this text. */
  readonly case?: string;
  /** For candidates that can use them; by default one for each core. */
  readonly threads?: number;
  /** To repeat the inputs of an earlier run. */
  readonly seed?: number;
  /** The path of a text to train on; by default Moby Dick. */
  readonly text?: string;
}

export interface BenchSettings extends RunSettings {
  /** Whether to time peer libraries as well. Default: true. */
  readonly peers?: boolean;
  /** Whether to keep the record in `.nfold/records`, or the name to keep it under. Default: true. */
  readonly save?: boolean | string;
  /** A text to keep in the record. */
  readonly note?: string;
}

export type Verification = Awaited<ReturnType<typeof verifyCommand>>['data'];
export type Listing = Awaited<ReturnType<typeof listCommand>>['data'];
export type Comparison = ReturnType<typeof comparedData>;

/** The catalog: ops with their signatures and cases, candidates with their ideas, and files that are neither. */
export const list = (selectors: readonly string[] = [], settings: Place & Following = {}): Promise<Listing> =>
  call(settings, async (io) => (await listCommand(selectors, {}, io)).data);

/**
 * Verdicts on the selected candidates. A wrong kernel is a verdict and no exception. Throws NfoldError if there is nothing to verify or a
 * setting is wrong, and the signal's reason if it is aborted.
 */
export const verify = (selectors: readonly string[], settings: RunSettings = {}): Promise<Verification> =>
  call(settings, async (io) => {
    const { data } = await verifyCommand(selectors, flagsOf(settings), io);
    settings.signal?.throwIfAborted();
    return data;
  });

/**
 * Verifies and times the selected candidates beside the baseline. If it is aborted once something was timed, the record says `interrupted`;
 * before that, it throws. Throws NfoldError if there is nothing to run or a setting is wrong.
 */
export const bench = (selectors: readonly string[], settings: BenchSettings = {}): Promise<RunRecord> =>
  call(settings, async (io) => {
    const { save = true, peers = true, note } = settings;
    const flags = { ...flagsOf(settings), peers, note, save: typeof save === 'string' ? save : undefined };
    if (save === false) return recordOf((await measureDraft(selectors, flags, io)).draft);
    return (await measureAndSave(selectors, flags, io)).record;
  });

/** A record by what `nfold show` takes: `last`, `last~1`, an id or its start, a name, or a file. Throws NfoldError if there is none. */
export const loadRecord = (reference = 'last', { workspace = here() }: Place = {}): RunRecord =>
  inWorkspace(workspace, () => loadFile(findRecord(reference)));

/**
 * Records against the first of them: what changed, and whether it exceeds the noise. Throws NfoldError if their baselines differ, which
 * `force` ignores.
 */
export function compare(records: readonly RunRecord[], { force = false } = {}): Comparison {
  if (records.length < 2) throw new NfoldError('There is nothing to compare one record with: give two.');
  if (!force) refuseOtherBaselines(records);
  return comparedData({ records, compared: compareRecords(records) });
}

const here = () => workspaceAt(process.cwd());

const flagsOf = ({ effort, threads = usableCores(), ...rest }: RunSettings) => ({
  ...{ case: rest.case, seed: rest.seed, text: rest.text, threads },
  ...(effort === 'quick' && { quick: true as const }),
  ...(effort === 'thorough' && { thorough: true as const }),
});

const nowhere = { write: () => true };

/** The Io of a command whose text nobody reads. */
class Follower extends Io {
  override readonly colours = false;
  override readonly progress: OnProgress;
  override readonly note: (sentence: string) => void;

  constructor({ onProgress = () => {}, onNote = () => {} }: Following) {
    super({ stdout: nowhere, stderr: nowhere });
    this.progress = onProgress;
    this.note = onNote;
  }
}

async function call<T>(settings: Place & Following, work: (io: Io) => Promise<T>): Promise<T> {
  const { signal, workspace = here() } = settings;
  if (Number.parseInt(process.versions.node, 10) < 24)
    throw new NfoldError(
      `This is Node ${process.versions.node}, and nfold needs 24 or later: start the script by npx node, which takes nfold's own.`,
    );
  signal?.throwIfAborted();
  const io = new Follower(settings);
  const stop = () => io.stop();
  signal?.addEventListener('abort', stop);
  try {
    return await onScreen(io, () => inWorkspace(workspace, () => withOwnCells(() => work(io))));
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
