/**
 * One variant in its own cell: opened on an image, warmed up on its bytes, and called in turns. Verification, rounds, profiles, the
 * tuner's trials and training all use this class, so that a call means the same in each of them.
 */
import type { AnyOp, Case } from '../contract/op.ts';
import { placed } from '../contract/thrown.ts';
import { type Artifact, threadsOf, type Variant } from '../contract/variant.ts';
import { atCostOf } from './budget.ts';
import { type Asking, Cell, type Timed } from './cell.ts';
import { speaking } from './console.ts';
import type { Layout } from './layout.ts';
import type { Call, Opening, WarmupPlan } from './protocol.ts';

/** The part of an image (judge/image.ts) that a cell is told. */
interface Opened {
  readonly op: AnyOp;
  readonly case: Case;
  readonly scalars: Readonly<Record<string, number>>;
  readonly layout: Layout;
  readonly bytes: Uint8Array;
}

/** What a cell needs to open an image. `threads`: for a variant that can use more than one. Throws CandidateError if it does not build. */
export async function openingOf(
  { op, case: c, scalars, layout }: Opened,
  variant: Variant,
  threads: number,
): Promise<Opening> {
  const used = threadsOf(variant, threads);
  return {
    artifact: await variant.artifact(c.dims, used),
    op: op.name,
    dims: Object.fromEntries(op.dims.map((dim) => [dim, c.dims[dim]])),
    scalars: Object.fromEntries(op.scalars.map((scalar) => [scalar, scalars[scalar]])),
    slots: layout.slots,
    bytes: layout.bytes,
    threads: used,
    marks: variant.marks,
  };
}

interface Openness {
  /** Whether fresh memory holds noise. Default: true. */
  readonly noise?: boolean;
  /** Whether nobody looks at the times of the calls that follow. */
  readonly untimed?: boolean;
  /** For this opening alone, of a variant that can use any number; a cell starts those that it lacks. Default: the timer's. */
  readonly threads?: number;
}

interface Turn extends Asking {
  /** Untimed calls on the image's bytes, before the timed ones. */
  readonly warmup?: WarmupPlan | null;
}

export class Timer {
  readonly variant: Variant;
  readonly threads: number;
  readonly #cell: Cell;
  #bytes: Uint8Array = new Uint8Array();
  #dims: Case['dims'] = {};
  #opened: number;

  /** `cpus`: the CPUs to keep its threads on, one each. */
  constructor(variant: Variant, threads: number, cpus: readonly number[] = []) {
    this.variant = variant;
    this.threads = threadsOf(variant, threads);
    this.#opened = this.threads;
    // With fewer CPUs than threads, the system chooses.
    this.#cell = new Cell({ ...variant, cpus: this.threads <= cpus.length ? cpus : [] });
  }

  /** Throws CandidateError, as `turn` does, for a variant that does not build or start, or that dies. */
  async open(image: Opened, { noise, untimed, threads = this.threads }: Openness = {}): Promise<Artifact['kind']> {
    this.#dims = image.case.dims;
    const opening = await openingOf(image, this.variant, threads);
    this.#opened = opening.threads;
    const open = () => this.#cell.open({ ...opening, noise, untimed });
    await this.#placed(() => atCostOf(this.variant.budget, open));
    this.#bytes = image.bytes;
    return opening.artifact.kind;
  }

  turn(calls: readonly Call[], { warmup, ...asking }: Turn = {}): Promise<Timed> {
    const writes = [{ offset: 0, bytes: this.#bytes }];
    const sampling = { calls, warmup: warmup ? { ...warmup, writes } : undefined };
    return this.#placed(() => this.#cell.sample(sampling, asking));
  }

  /** An error that the variant threw gets its place in the source. */
  async #placed<T>(work: () => Promise<T>): Promise<T> {
    const { variant } = this;
    const threads = this.#opened;
    return speaking(variant.id, work).catch(async (error: unknown) => {
      throw variant.locate ? await placed(error, (one) => variant.locate!(one, this.#dims, threads)) : error;
    });
  }

  close(): void {
    this.#cell.close();
  }
}
