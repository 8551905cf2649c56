/** A peer: a published library that does the same work, timed in the same run and kept outside of every mean. */
import type { TypedArray } from './op.ts';

/** What `bind` throws where its library is not installed: the peer is then unsupported, and not in error. */
export class NotInstalled extends Error {
  override readonly name = 'NotInstalled';
}

export interface BoundPeer {
  /** Untimed: inputs from the arena into the library's own memory. */
  load(): void;
  /** Timed. */
  run(): void;
  /** Untimed: results into the arena. */
  store(): void;
}

export interface Peer {
  readonly about: string;
  /** The package that holds it. */
  readonly library: string;
  /** As the library sets them by default: one, or one for each core. Nothing of ours changes that. */
  readonly threads: 'one' | 'any';
  /** Ops at which it is about as slow as the baseline, and gets no more calls than that. */
  readonly slowOps?: readonly string[];
  /** Loads the library; throws NotInstalled where it is absent, and another error where it is broken. */
  bind(
    op: string,
    dims: Readonly<Record<string, number>>,
    scalars: Readonly<Record<string, number>>,
    tensors: Readonly<Record<string, TypedArray>>,
  ): Promise<BoundPeer>;
}
