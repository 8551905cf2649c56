/**
 * One variant in a cell of its own, training: it holds the state, and is told batches.
 *
 * Numerics a step's loss is that of the state before its update, so that a call on a held-out batch whose update is
 *          overwritten measures the state as it stands.
 */

import type { Call, Range, Slot, Write } from '../cell/protocol.ts';
import { Timer } from '../cell/timer.ts';
import { CandidateError, exit, NfoldError } from '../contract/errors.ts';
import type { Variant } from '../contract/variant.ts';
import { poison } from '../judge/image.ts';
import { type Batch, batchAfter, bytesOf, firstImage, heldOutBatches, type State, type Task } from './task.ts';

/** The calls of one message to the cell take so long: rare enough to cost nothing, soon enough for Ctrl-C. */
const messageNs = 0.3e9;
const maxCalls = 500;
const heldOutCount = 16;

export class Session {
  readonly #task: Task;
  readonly #timer: Timer;
  readonly #slots: readonly Slot[];
  /** What the next call has to write before its batch. */
  #pending: readonly Write[];
  readonly variant: Variant;
  readonly threads: number;
  /** Steps since the model was initialized, and how many of them this session took, in how much time of calls. */
  step: number;
  steps = 0;
  timeNs = 0;
  /** Mean time of a call in the last message. */
  callNs = messageNs;
  /** Null once steps were taken that did not bring it back. */
  state: State | null;

  static async open(task: Task, variant: Variant, threads: number, from: State): Promise<Session> {
    const image = firstImage(task);
    const session = new Session(task, new Timer(variant, threads), image.layout.slots, from);
    await session.#guarded(() => session.#timer.open(image));
    return session;
  }

  private constructor(task: Task, timer: Timer, slots: readonly Slot[], from: State) {
    this.#task = task;
    this.variant = timer.variant;
    this.threads = timer.threads;
    this.#timer = timer;
    this.#slots = slots;
    this.#pending = this.#stateWrites(from);
    this.step = from.step;
    this.state = from;
  }

  /** Runs up to `max` steps in one message and returns their losses. The state is read back only with the `max`-th step. */
  async advance(max: number): Promise<number[]> {
    const count = Math.min(max, this.#callsAMessage());
    const carried = (this.#task.op.carries ?? []).map((name) => this.#range(name));
    const calls = Array.from({ length: count }, (_, i): Call => {
      const writes = this.#batchWrites(batchAfter(this.#task, this.step + i), this.step + i + 1);
      return {
        writes: i === 0 ? [...this.#pending, ...writes] : writes,
        reads: [this.#range('loss'), ...(i === max - 1 ? carried : [])],
      };
    });
    const { reads } = await this.#sample(calls);
    this.#pending = [];
    this.steps += count;
    this.timeNs += this.callNs * count;
    const losses = reads.map(([loss]) => floats(loss)[0]);
    const bad = losses.findIndex((loss) => !Number.isFinite(loss));
    if (bad >= 0) throw this.#stopped(`the loss of step ${this.step + bad + 1} is ${losses[bad]}`);
    this.step += count;
    const tensors = reads[count - 1].slice(1).map(floats);
    if (!tensors.every((tensor) => tensor.every(Number.isFinite)))
      throw this.#stopped(`a number in the state after step ${this.step} is not finite`);
    this.state = tensors.length > 0 ? { step: this.step, tensors } : null;
    return losses;
  }

  /** The mean loss over the held-out batches, of the state, which must be here and stays; null if stopped on the way. */
  async heldOut(signal: AbortSignal): Promise<number | null> {
    if (!this.state) throw new Error('a state that is not here cannot be evaluated');
    const state = this.#stateWrites(this.state);
    this.#pending = state;
    const batches = heldOutBatches(this.#task, heldOutCount);
    let sum = 0;
    for (let done = 0; done < batches.length; ) {
      if (signal.aborted) return null;
      const some = batches.slice(done, done + this.#callsAMessage());
      const calls = some.map((batch) => ({
        writes: [...state, ...this.#batchWrites(batch, this.step + 1)],
        reads: [this.#range('loss')],
      }));
      const { reads } = await this.#sample(calls);
      for (const [loss] of reads) sum += floats(loss)[0];
      done += some.length;
    }
    if (!Number.isFinite(sum)) throw this.#stopped(`the held-out loss after step ${this.step} is ${sum}`);
    return sum / batches.length;
  }

  close(): void {
    this.#timer.close();
  }

  #callsAMessage(): number {
    return Math.max(1, Math.min(maxCalls, Math.round(messageNs / this.callNs)));
  }

  /** What is usual is what the last ones took. */
  async #sample(calls: readonly Call[]) {
    const samples = await this.#guarded(() =>
      this.#timer.turn(calls, { expectedNs: this.steps > 0 ? this.callNs : undefined }),
    );
    this.callNs = samples.timeNs.reduce((sum, time) => sum + time, 0) / calls.length;
    return samples;
  }

  async #guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.close();
      if (error instanceof CandidateError) throw this.#stopped(error.message);
      throw error;
    }
  }

  #stopped(why: string): NfoldError {
    return new NfoldError(`Training with ${this.variant.id} stopped behind step ${this.step}: ${why}.`, exit.failed);
  }

  #stateWrites({ tensors }: State): Write[] {
    return (this.#task.op.carries ?? []).map((name, i) => this.#write(name, bytesOf(tensors[i])));
  }

  /** The loss is poisoned, so that one which was not computed shows. */
  #batchWrites({ tokens, targets }: Batch, step: number): Write[] {
    const words = { tokens, targets, step: Int32Array.of(step), loss: Int32Array.of(poison) };
    return Object.entries(words).map(([name, array]) => this.#write(name, bytesOf(array)));
  }

  #write(name: string, bytes: Uint8Array): Write {
    return { offset: this.#range(name).offset, bytes };
  }

  #range(name: string): Range {
    const slot = this.#slots.find((one) => one.name === name);
    if (!slot) throw new Error(`${this.#task.op.name} has no tensor ${name}`);
    return { offset: slot.offset, length: 4 * slot.length };
  }
}

/** What came through a message may lie at any address. */
function floats(bytes: Uint8Array): Float32Array {
  return new Float32Array(bytes.slice().buffer);
}
