/** What is timed: a candidate or the baseline once it is built, or a peer. */

/** What a cell loads. */
export type Artifact =
  | { readonly kind: 'wasm'; readonly bytes: Uint8Array }
  | { readonly kind: 'js'; readonly code: string }
  | { readonly kind: 'peer'; readonly file: string };

export interface Variant {
  readonly id: string;
  /** The variant that this is a second run of, in a process of its own. */
  readonly twinOf?: string;
  /** What names it on the command line, where that is not its id: a path. */
  readonly selector?: string;
  readonly flags: readonly string[];
  /** Whether it can use more than one thread. */
  readonly threads: 'one' | 'any';
  /** A call of it costs about what one of the baseline does, and it gets no more of them. */
  readonly slow?: boolean;
  /** Peers load a library and need more than their own bytes. */
  readonly trusted?: boolean;
  /** Its artifact calls `mark`: a profile build. */
  readonly marks?: boolean;
  artifact(dims: Readonly<Record<string, number>>, threads?: number): Promise<Artifact>;
}

export function threadsOf(variant: Variant, available: number): number {
  return variant.threads === 'any' ? available : 1;
}
