/** A peer: a published library that does the same work, timed in the same run and counted in no mean. */
import type { TypedArray } from './op.ts';

/** `bind` throws it if its library is not installed: the peer is then unsupported, not in error. */
export class NotInstalled extends Error {
  override readonly name = 'NotInstalled';
}

/** A peer at one case. Each method may throw, which is the peer's verdict. */
export interface BoundPeer {
  /** Untimed: copies inputs from the arena into the library's own memory. */
  load(): void;
  /** Timed: the work. */
  run(): void;
  /** Untimed: copies results into the arena. */
  store(): void;
}

/** The default export of bench/peers/<name>.ts. */
export interface Peer {
  /** What the library is, in one line. */
  readonly about: string;
  /** The npm package that holds it. */
  readonly library: string;
  /** The library's default, which nfold does not change: one thread, or one for each core. */
  readonly threads: 'one' | 'any';
  /** Ops at which it is about as slow as the baseline, and gets as few calls. */
  readonly slowOps?: readonly string[];
  /** Loads the library for one case; `tensors` are flat row-major views of the arena. Throws NotInstalled, or the reason why it is broken. */
  bind(
    op: string,
    dims: Readonly<Record<string, number>>,
    scalars: Readonly<Record<string, number>>,
    tensors: Readonly<Record<string, TypedArray>>,
  ): Promise<BoundPeer>;
}
