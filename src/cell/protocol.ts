/**
 * What the parent and a cell send each other. A cell is memory, a kernel and a clock: it gets bytes to write, makes the call, and hands
 * bytes back. Expected values, seeds and comparisons stay with the parent.
 */
import type { Dtype } from '../contract/op.ts';
import type { Artifact } from '../contract/variant.ts';

export interface Slot {
  readonly name: string;
  readonly dtype: Dtype;
  /** Bytes from the start of the image, a multiple of 64. */
  readonly offset: number;
  /** Elements. */
  readonly length: number;
}

/** One case of one variant, ready to be called. */
export interface Opening {
  readonly artifact: Artifact;
  readonly op: string;
  /** Dims and scalars stand in the order in which the op declares them. */
  readonly dims: Readonly<Record<string, number>>;
  readonly scalars: Readonly<Record<string, number>>;
  readonly slots: readonly Slot[];
  /** Size of the image: tensors and the guard bands between and around them. */
  readonly bytes: number;
  readonly threads: number;
  /** Whether fresh memory holds noise. Default: true; false in tests and benches alone. */
  readonly noise?: boolean;
  /** Whether nobody looks at the times of its calls. */
  readonly untimed?: boolean;
  /** Whether to sum the time of each call by its marks. */
  readonly marks?: boolean;
  /** Whether it may print. */
  readonly console?: boolean;
  /** Whether to hand back the counters of a module that counts its loops. */
  readonly counts?: boolean;
}

/** A module that counts exports each counter as a global, by this and a number from 0. */
export const counterPrefix = 'nfold:';

/** JavaScript, which can import nothing, finds `mark` under this symbol. */
export const markSymbol = 'nfold.mark';

/** Nanoseconds of one call by the ops of its marks, a bit set each; they add up to the whole call. */
export type MarkedNs = readonly (readonly [ops: number, timeNs: number])[];

export interface Write {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

export interface Range {
  readonly offset: number;
  readonly length: number;
}

/** Bytes to put in place before a call, and ranges to hand back after it. */
export interface Call {
  readonly writes: readonly Write[];
  readonly reads: readonly Range[];
}

/**
 * At least `calls` untimed calls, or as many as fit into `callsMs` (default: all) but `minCalls` (default: 1) however long they take. They take at least
 * `ms` milliseconds, and go on until times are steady, up to `maxMs` (default: `ms`).
 */
export interface WarmupPlan {
  readonly calls: number;
  readonly minCalls?: number;
  readonly callsMs?: number;
  readonly ms: number;
  readonly maxMs?: number;
}

export interface Warmup extends WarmupPlan {
  readonly writes: readonly Write[];
}

export interface Sampling {
  readonly calls: readonly Call[];
  readonly warmup?: Warmup;
}

export interface Samples {
  /** One per call, in time order. */
  readonly timeNs: readonly number[];
  /** Time that a thread was ready to run but had no CPU, the longest of all threads, one per call; null where the system keeps no account. */
  readonly queuedNs: readonly number[] | null;
  /** The same of the calling thread alone, in all calls together. */
  readonly callerQueuedNs?: number;
  readonly reads: readonly (readonly Uint8Array[])[];
  /** The first call whose results changed afterwards: before the next call's inputs, or a while after the last call. */
  readonly changedLater?: number;
  /** One per call, where the opening asks for marks. */
  readonly marked?: readonly MarkedNs[];
  /** After the last call, where the opening asks for counts. */
  readonly counts?: readonly number[];
  /** Of a warm-up: whether it ended with steady times, if it was to wait for them, and the CPU time of its calls. */
  readonly steady?: boolean;
  readonly warmedNs?: number;
}

/** A candidate's script, run for a value while it is built. */
export interface Evaluation {
  readonly code: string;
  /** The method of its default export to call; without it, the value describes the export. */
  readonly method?: string;
  readonly args?: readonly unknown[];
  readonly console?: boolean;
}

export type Ask =
  /** Starts threads up to this count, with the main one; asked before a case is opened, while nothing of a candidate runs. */
  | { readonly type: 'threads'; readonly threads: number }
  | { readonly type: 'open'; readonly opening: Opening }
  | { readonly type: 'sample'; readonly sampling: Sampling }
  | { readonly type: 'evaluate'; readonly evaluation: Evaluation };

export type Request = Ask & { readonly id: number };

/** `value`: bytes as they are, everything else as JSON. Id 0 says that the process has started. `printed`: what a candidate printed meanwhile. */
export type Reply = { readonly id: number; readonly printed?: string } & (
  | { readonly ok: true; readonly samples?: Samples; readonly value?: Uint8Array | string }
  | { readonly ok: false; readonly error: string; readonly stack?: string; readonly unsupported: boolean }
);
