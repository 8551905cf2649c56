/**
 * What the parent and a cell say to each other. A cell is memory, a kernel and a clock: it is told bytes to write, makes
 * the call, and hands bytes back. Expected values, seeds and comparisons stay with the parent.
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
  /** In the order in which the op declares them. */
  readonly dims: Readonly<Record<string, number>>;
  readonly scalars: Readonly<Record<string, number>>;
  readonly slots: readonly Slot[];
  /** Bytes of the image: tensors and the guard bands between and around them. */
  readonly bytes: number;
  readonly threads: number;
  /** False in a test alone, which shows that noise in fresh memory is needed. */
  readonly noise?: boolean;
  /** Account for the time of each call by what it marks. */
  readonly marks?: boolean;
}

/** Where Linux keeps the account of a thread's time: run, queued, and how often. */
export const queueFile = '/proc/thread-self/schedstat';

/** Where JavaScript, which can import nothing, finds `mark`. */
export const markSymbol = 'nfold.mark';

/** Nanoseconds of one call by the ops that they were marked with, a bit set each; they add up to the whole call. */
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

export interface Sampling {
  readonly calls: readonly Call[];
  readonly warmup?: Warmup;
}

/** At least `calls` untimed calls that take at least `ms` milliseconds, and on until their times are steady, for at most `maxMs` (default: `ms`). */
export interface WarmupPlan {
  readonly calls: number;
  readonly ms: number;
  readonly maxMs?: number;
}

export interface Warmup extends WarmupPlan {
  readonly writes: readonly Write[];
}

export interface Samples {
  /** One per call, in time order. */
  readonly timeNs: readonly number[];
  /** For how long the calling thread was ready in each call and had no CPU; null where the system does not say. */
  readonly queuedNs: readonly number[] | null;
  readonly reads: readonly (readonly Uint8Array[])[];
  /** The first call whose results were other ones later: before the next call's inputs, or a while after the last call. */
  readonly changedLater?: number;
  /** Where the opening asks for marks, one per call. */
  readonly marked?: readonly MarkedNs[];
  /** Whether the warm-up, if there was one, ended with steady times; and how long its calls had a CPU, in all. */
  readonly steady?: boolean;
  readonly warmedNs?: number;
}

/** A candidate's script to be run for a value, when it is built. */
export interface Evaluation {
  readonly code: string;
  /** A method of its default export to call; none describes the export. */
  readonly method?: string;
  readonly args?: readonly unknown[];
}

export type Request =
  /** Starts threads until there are so many, the main one counted; asked before there is anything of a candidate. */
  | { readonly id: number; readonly type: 'threads'; readonly threads: number }
  | { readonly id: number; readonly type: 'open'; readonly opening: Opening }
  | { readonly id: number; readonly type: 'sample'; readonly sampling: Sampling }
  | { readonly id: number; readonly type: 'evaluate'; readonly evaluation: Evaluation };

/** Id 0 says that the process has started. */
export type Reply =
  | {
      readonly id: number;
      readonly ok: true;
      readonly samples?: Samples;
      /** Bytes as they are, and everything else as JSON. */
      readonly value?: Uint8Array | string;
    }
  | { readonly id: number; readonly ok: false; readonly error: string; readonly unsupported: boolean };
