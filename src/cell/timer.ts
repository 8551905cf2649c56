/**
 * One variant in a cell of its own: opened on an image, warmed up on its bytes, and called in turns. Verification, rounds, profiles,
 * trials of the tuner and training all go through here, so that a call means the same in each of them.
 */
import { type Artifact, threadsOf, type Variant } from '../contract/variant.ts';
import { Cell, type Timed } from './cell.ts';
import { type Opened, openingOf } from './opening.ts';
import type { Call, WarmupPlan } from './protocol.ts';

export interface Turn {
  /** Untimed calls on the bytes of the image, before the timed ones. */
  readonly warmup?: WarmupPlan | null;
  /** Nanoseconds that the baseline takes for one call, where that is known: a limit follows from it. */
  readonly expectedNs?: number;
}

export class Timer {
  readonly variant: Variant;
  readonly threads: number;
  readonly #cell: Cell;
  #bytes: Uint8Array = new Uint8Array();

  /** `cpu`: what a variant of one thread is bound to. */
  constructor(variant: Variant, threads: number, cpu?: number) {
    this.variant = variant;
    this.threads = threadsOf(variant, threads);
    this.#cell = new Cell({ ...variant, cpu: this.threads === 1 ? cpu : undefined });
  }

  /** Throws CandidateError, like `turn`: for what does not build, does not start or dies. */
  async open(image: Opened, noise = true): Promise<Artifact['kind']> {
    const opening = await openingOf(image, this.variant, this.threads);
    await this.#cell.open(noise ? opening : { ...opening, noise });
    this.#bytes = image.bytes;
    return opening.artifact.kind;
  }

  turn(calls: readonly Call[], { warmup, expectedNs }: Turn = {}): Promise<Timed> {
    const writes = [{ offset: 0, bytes: this.#bytes }];
    return this.#cell.sample({ calls, warmup: warmup ? { ...warmup, writes } : undefined }, expectedNs);
  }

  close(): void {
    this.#cell.close();
  }
}
