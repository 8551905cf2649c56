/** A variant is timed: a candidate or the baseline once it is built, or a peer. */
import type { Thrown, Whereabouts } from './thrown.ts';

/** The input of a cell: a WebAssembly module, a script, or the path of a peer's module with what the peer has prepared. */
export type Artifact =
  | { readonly kind: 'wasm'; readonly bytes: Uint8Array }
  | { readonly kind: 'js'; readonly code: string }
  | { readonly kind: 'peer'; readonly file: string; readonly prepared?: string };

/** Milliseconds that a variant has taken outside of its timed calls, and may take in all. */
export interface Spending {
  spentMs: number;
  readonly limitMs: number;
}

export interface Variant {
  /** `sgemm/ikj-ts`, `sgemm/baseline`, or a peer's name. */
  readonly id: string;
  /** The id of the variant that is timed a second time as this one, in another process. */
  readonly twinOf?: string;
  /** The path that selects it on the command line, if its id does not. */
  readonly selector?: string;
  /** V8 flags that its cell starts with. */
  readonly flags: readonly string[];
  /** Whether it can use more than one thread. */
  readonly threads: 'one' | 'any';
  /** A call takes about as long as the baseline's, so it gets no more calls than that. */
  readonly slow?: boolean;
  /** Its cell is not locked down: a peer has to load its library from disk. */
  readonly trusted?: boolean;
  /** Absent for one that is trusted. */
  readonly budget?: Spending;
  /** Its artifact calls `mark`: a profile build. */
  readonly marks?: boolean;
  /** The artifact for these dims; tuned parameters may depend on the number of threads. Throws CandidateError if it does not build. */
  artifact(dims: Readonly<Record<string, number>>, threads?: number): Promise<Artifact>;
  /** Where in its source that artifact threw. */
  locate?(thrown: Thrown, dims: Readonly<Record<string, number>>, threads?: number): Promise<Whereabouts>;
}

/** Threads that a variant gets of those available. */
export const threadsOf = (variant: Variant, available: number): number => (variant.threads === 'any' ? available : 1);

/** Whether an id is that of a source from elsewhere, `sgemm/mine-ts@1a2b3c4`, which is no file here. */
export const isSnapshot = (id: string): boolean => id.includes('@');

/** The id of a candidate's source in another place: a commit, a record. */
export const snapshotId = (id: string, origin: string): string => `${id}@${origin}`;
