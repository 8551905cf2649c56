/**
 * `nfold` as a library: each command's work as a function. It runs in a workspace, reports progress as events, stops by an AbortSignal, and
 * returns what the command prints with `--json`. Nothing is printed, and two calls in one process share nothing but the machine.
 * docs/api.md is made from the docstrings of this file and of what it exports: `npm run api`.
 *
 * Needs    Node 24 or later; the one that comes with nfold is first on the PATH of npm scripts and of `npx node`.
 */
import { z } from 'zod';
import { compareRecords } from './analysis/compare.ts';
import { withOwnCells } from './cell/runs.ts';
import { measureAndSave, measureDraft } from './commands/bench.ts';
import { refuseOtherBaselines } from './commands/compare.ts';
import { list as listCommand } from './commands/list.ts';
import { verify as verifyCommand } from './commands/verify.ts';
import { NfoldError } from './contract/errors.ts';
import { type DataOf, type ErrorData as ErrorSchema, seed as seedField } from './contract/fields.ts';
import type { OnProgress } from './contract/progress.ts';
import type { Seed } from './contract/rng.ts';
import { inWorkspace, type Workspace, workspaceAt } from './files/places.ts';
import { maxUnseen } from './judge/dims.ts';
import { usableCores } from './machine/cpus.ts';
import { checkName, findRecord } from './records/find.ts';
import type { Record as SavedRecord } from './records/schema.ts';
import { loadRecord as loadFile, recordOf } from './records/store.ts';
import { Io } from './report/output.ts';
import { comparedData } from './report/reporters.ts';
import { onScreen } from './report/screen.ts';
import type { List } from './schemas/list.ts';
import type { Comparison as Compared } from './schemas/records.ts';
import type { Verify } from './schemas/verify.ts';

export type { Details, ErrorCode, Place } from './contract/errors.ts';
export * from './contract/index.ts';
export type { Progress } from './contract/progress.ts';
export type { Interval } from './stats/interval.ts';
export { NfoldError, type OnProgress, type Workspace, workspaceAt };

/** Where a call works. */
export interface Where {
  /** Its `kernels/` and `baselines/` stand beside nfold's own, and `.nfold/` is kept there. Default: the current folder of the process. */
  readonly workspace?: Workspace;
}

/** How a call is followed and stopped. */
export interface Following {
  /** Is called with what the work is at, whenever that changes; between timed calls, so it should return soon. */
  readonly onProgress?: OnProgress;
  /** Is called with each sentence that the command would write to stderr: warnings, and what is left out. */
  readonly onNote?: (sentence: string) => void;
  /** Ends the call, and the processes that it started, when it is aborted. */
  readonly signal?: AbortSignal;
}

/** What `verify` and `bench` take. A default is that of the command line. */
export interface RunSettings extends Where, Following {
  /** How many inputs are tried and how many rounds are timed, as `--quick` and `--thorough` set it. Default: `default`. */
  readonly effort?: 'quick' | 'default' | 'thorough';
  /** Only cases whose name matches this glob or contains this text, such as `M64*` or `NT`; `A|B` means either. Default: all. */
  readonly case?: string;
  /** Threads of a candidate that can use them, 1 to 256; others get one. Default: one for each core. */
  readonly threads?: number;
  /** The seed of an earlier run, 32 hex digits, or an integer from 0 to 2^53 - 1, which fixes inputs, drawn shapes and orders: to repeat an earlier run. Default: a random one. */
  readonly seed?: Seed;
  /** The path of a text to draw tokens from, from the workspace. Default: Moby Dick. */
  readonly text?: string;
}

/** What `bench` takes. */
export interface BenchSettings extends RunSettings {
  /** Whether to time peers as well, or the names of those to time. Default: true. */
  readonly peers?: boolean | readonly string[];
  /** Whether to keep the record in `.nfold/records`, or the name to keep it under. Default: true. */
  readonly save?: boolean | string;
  /** A text to keep in the record. Default: none. */
  readonly note?: string;
  /** Number of shapes to time beside those of each op's cases, 1 to 20: drawn from the seed, near the cases, in no mean. Default: none. */
  readonly unseen?: number;
}

/**
 * The verdict on each candidate: `pass`; `fail`, with the first wrong element in `failure` and what all wrong checks share in `spread`;
 * `unsupported`, if this machine lacks something; or `error`. `message` says why it is not `pass`, in one sentence.
 */
export interface Verification extends Verify {}

/** Ops, candidates, and in `problems` the files that look like candidates and are none. */
export interface Listing extends List {}

/** A saved run: what was asked, the machine, verdicts, times and speedups, every raw sample, and the sources. */
export interface RunRecord extends SavedRecord {}

/** What is wrong with a file or a candidate, and where, as far as that is known. */
export interface ErrorData extends DataOf<typeof ErrorSchema> {}

/** Records side by side: one row for each candidate in `means`, one for each candidate and case in `cases`. */
export interface Comparison extends Compared {}

/**
 * The catalog: ops with their signatures and cases, candidates with their ideas, and files that are neither; of all that there is, or of
 * what the selectors name. A candidate that does not build is listed with its `error`. Throws NfoldError if a selector matches nothing.
 */
export const list = (selectors: readonly string[] = [], settings: Where & Following = {}): Promise<Listing> =>
  call(settings, async (io) => (await listCommand(selectors, {}, io)).data);

/**
 * Verdicts on the selected candidates, all if there is no selector. A selector is what the command line takes: a suite, an op, a candidate,
 * a glob or a path from the workspace, such as `lm_ops`, `sgemm`, `sgemm/mine-ts`, `sgemm/*simd*` or `./sgemm/mine.ts`. A wrong kernel is a
 * verdict and no exception. Throws NfoldError if there is nothing to verify or a setting is wrong, and the signal's reason if it is aborted.
 */
export const verify = (selectors: readonly string[], settings: RunSettings = {}): Promise<Verification> =>
  call(settings, async (io) => {
    checkCall(selectors, settings);
    const { data } = await verifyCommand(selectors, flagsOf(settings), io);
    settings.signal?.throwIfAborted();
    return data;
  });

/**
 * Verifies and times the selected candidates beside the baseline: `results` of the record has a speedup for each case, `means` one for each
 * op. Selectors are those of `verify`; without one it runs `train_gpt2` and `sgemm` with the effort `quick`. A wrong kernel is a verdict and
 * has no speedup. If it is aborted once something was timed, the record says `interrupted`; before that, it throws. Throws NfoldError if
 * there is nothing to run or a setting is wrong.
 */
export const bench = (selectors: readonly string[], settings: BenchSettings = {}): Promise<RunRecord> =>
  call(settings, async (io) => {
    checkCall(selectors, settings);
    const { save = true, peers = true, note, unseen } = settings;
    if (typeof save === 'string') checkName(save);
    const wanted = { peers: peers === true ? undefined : peers, save: typeof save === 'string' ? save : undefined };
    const flags = { ...flagsOf(settings), ...wanted, note, unseen };
    if (save === false) return recordOf((await measureDraft(selectors, flags, io)).draft);
    return (await measureAndSave(selectors, flags, io)).record;
  });

/**
 * A record of the workspace by what `nfold show` takes: `last`, `last~1`, an id or its start, a name, or a file. Throws NfoldError if there
 * is none, or if the file is no record.
 */
export const loadRecord = (reference = 'last', settings: Where = {}): RunRecord =>
  inWorkspace(settings.workspace ?? here(), () => loadFile(findRecord(reference)));

/**
 * Two or more records against the first of them: what changed, and whether it exceeds the noise. Throws NfoldError if there are fewer, or
 * if their baselines differ, which `force` ignores: speedups over different baselines do not compare.
 */
export function compare(records: readonly RunRecord[], settings: { readonly force?: boolean } = {}): Comparison {
  if (records.length < 2) throw new NfoldError('There is nothing to compare one record with: give two.');
  if (!settings.force) refuseOtherBaselines(records);
  return comparedData({ records, compared: compareRecords(records) });
}

const here = () => workspaceAt(process.cwd());

/** Types are not looked at when a program runs: a wrong setting would be taken for none. */
const Settings = z.object({
  effort: z.enum(['quick', 'default', 'thorough']).optional(),
  case: z.string().optional(),
  threads: z.int().min(1).max(256).optional(),
  seed: seedField('Seed.').optional(),
  text: z.string().optional(),
  peers: z.union([z.boolean(), z.array(z.string())]).optional(),
  unseen: z.int().min(1).max(maxUnseen).optional(),
});

const Selectors = z.array(z.string().min(1));

/** Throws NfoldError for selectors or settings of another type. */
function checkCall(selectors: unknown, settings: unknown): void {
  const { error } = z.object({ selectors: Selectors, settings: Settings }).safeParse({ selectors, settings });
  if (!error) return;
  const [{ path, message }] = error.issues;
  throw new NfoldError(`${path.join('.')} is wrong: ${message}.`);
}

const flagsOf = ({ effort, case: filter, threads = usableCores(), seed, text }: RunSettings) => {
  return { effort, case: filter, threads, seed, text };
};

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

async function call<T>(settings: Where & Following, work: (io: Io) => Promise<T>): Promise<T> {
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
