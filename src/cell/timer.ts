/**
 * One variant in its own cell: opened on an image, warmed up on its bytes, and called in turns. Verification, rounds, profiles, the
 * tuner's trials and training all use this class, so that a call means the same in each of them.
 */
import { type Artifact, threadsOf, type Variant } from '../contract/variant.ts';
import { Cell, type Timed } from './cell.ts';
import { type Opened, openingOf } from './opening.ts';
import type { Call, WarmupPlan } from './protocol.ts';

interface Turn {
  /** Untimed calls on the image's bytes, before the timed ones. */
  readonly warmup?: WarmupPlan | null;
  /** Nanoseconds of one call of the baseline, if known; the time limit follows from it. */
  readonly expectedNs?: number;
}

export class Timer {
  readonly variant: Variant;
  readonly threads: number;
  readonly #cell: Cell;
  #bytes: Uint8Array = new Uint8Array();

  /** `cpu`: the CPU for a variant of one thread. */
  constructor(variant: Variant, threads: number, cpu?: number) {
    this.variant = variant;
    this.threads = threadsOf(variant, threads);
    this.#cell = new Cell({ ...variant, cpu: this.threads === 1 ? cpu : undefined });
  }

  /** Throws CandidateError, as `turn` does, for a variant that does not build or start, or that dies. */
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
