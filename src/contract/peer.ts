/** A peer: a published library, or a plain program, that does the same work, timed in the same run and counted in no mean. */
import type { TypedArray } from './op.ts';

/** `prepare` or `bind` throws it if its library is not installed: the peer is then unsupported, not in error. */
export class NotInstalled extends Error {
  override readonly name = 'NotInstalled';
}

/** A peer at one case. Each method may throw, which is the peer's verdict. */
export interface BoundPeer {
  /** Untimed: copies inputs from the arena into the library's own memory. */
  load(): void;
  /**
   * Timed: the work. A peer that works in a process of its own returns the nanoseconds which that process measured around the work, by a
   * monotonic clock: they stand for the call, without the hand-off, and must lie within the time that went by in the cell.
   */
  run(): undefined | number;
  /** Untimed: copies results into the arena. */
  store(): void;
}

/** What nfold gives a peer beside the case. */
export interface PeerSetting {
  /** As many as it may use. */
  readonly threads: number;
  /** What its `prepare` has returned. */
  readonly prepared?: string;
}

/** The default export of bench/peers/<name>.ts. */
export interface Peer {
  /** What the library is, in one line. */
  readonly about: string;
  /** The npm package that holds it; null for a program of nfold's own. */
  readonly library: string | null;
  /** `one` or `any`: the library's default, which nfold does not change. `given`: as many as a run's candidates get. */
  readonly threads: 'one' | 'any' | 'given';
  /** Ops at which it is about as slow as the baseline, and gets as few calls. */
  readonly slowOps?: readonly string[];
  /** Makes what it needs on disk, such as an executable, and returns its path. In nfold's own process, before a cell is opened. */
  prepare?(): Promise<string>;
  /** Loads the library for one case; `tensors` are flat row-major views of the arena. Throws NotInstalled, or the reason why it is broken. */
  bind(
    op: string,
    dims: Readonly<Record<string, number>>,
    scalars: Readonly<Record<string, number>>,
    tensors: Readonly<Record<string, TypedArray>>,
    setting: PeerSetting,
  ): Promise<BoundPeer>;
}
