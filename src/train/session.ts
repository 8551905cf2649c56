/**
 * One variant trains in a cell of its own, which keeps the state between batches.
 *
 * Numerics a step's loss is that of the state before its update. So a call on a held-out batch, whose update is overwritten, measures the
 *          state as it stands.
 */
import type { Call, Range, Slot, Write } from '../cell/protocol.ts';
import { Timer } from '../cell/timer.ts';
import { CandidateError, type Details, exit, NfoldError } from '../contract/errors.ts';
import type { TypedArray } from '../contract/op.ts';
import { inOneLine } from '../contract/place.ts';
import type { Variant } from '../contract/variant.ts';
import { poison } from '../judge/image.ts';
import type { Plan } from './plan.ts';
import { batchAfter, bytesOf, firstImage, heldOutBatches, type State, type Task } from './task.ts';

type Tensors = Readonly<Record<string, TypedArray>>;

/** Time of the calls in one message to the cell: long enough for messages to cost nothing, short enough for Ctrl-C. */
const messageNs = 0.3e9;
const maxCalls = 500;
const heldOutCount = 16;

export class Session {
  readonly #task: Task;
  readonly #timer: Timer;
  readonly #ranges: Readonly<Record<string, Range>>;
  readonly #carries: readonly string[];
  /** The state, if the next call has to write it. */
  #pending: readonly Write[];
  /** Steps since the model was initialized. */
  step: number;
  /** Steps of this session, and the time of their calls. */
  steps = 0;
  timeNs = 0;
  /** Mean time of a call in the last message. */
  callNs = messageNs;
  /** Null while only the cell has it. */
  state: State | null;

  /** Continues from the plan's state. This and the methods throw NfoldError if the variant fails or a number is not finite. */
  static async open({ task, threads, from }: Plan, variant: Variant): Promise<Session> {
    const image = firstImage(task);
    const session = new Session(task, new Timer(variant, threads), image.layout.slots, from);
    await session.#guarded(() => session.#timer.open(image));
    return session;
  }

  private constructor(task: Task, timer: Timer, slots: readonly Slot[], from: State) {
    this.#task = task;
    this.#timer = timer;
    this.#carries = task.op.carries ?? [];
    this.#ranges = Object.fromEntries(slots.map(({ name, offset, length }) => [name, { offset, length: 4 * length }]));
    this.#pending = this.#stateWrites(from);
    this.step = from.step;
    this.state = from;
  }

  /** Takes up to `max` steps in one message and returns their losses. The state is read back only with the `max`-th step. */
  async advance(max: number): Promise<number[]> {
    const count = Math.min(max, this.#callsAMessage());
    const carried = this.#carries.map((name) => this.#ranges[name]);
    const calls = Array.from({ length: count }, (_, i): Call => {
      const writes = this.#batchWrites(batchAfter(this.#task, this.step + i), this.step + i + 1);
      return {
        writes: i === 0 ? [...this.#pending, ...writes] : writes,
        reads: [this.#ranges.loss, ...(i === max - 1 ? carried : [])],
      };
    });
    const reads = await this.#call(calls);
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

  /** The mean held-out loss of the state, which must be here and stays; null if aborted. */
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
        reads: [this.#ranges.loss],
      }));
      for (const [loss] of await this.#call(calls)) sum += floats(loss)[0];
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

  /** Returns the reads of each call. */
  async #call(calls: readonly Call[]) {
    const expectedNs = this.steps > 0 ? this.callNs : undefined;
    const { timeNs, reads } = await this.#guarded(() => this.#timer.turn(calls, { expectedNs }));
    this.callNs = timeNs.reduce((sum, time) => sum + time, 0) / calls.length;
    return reads;
  }

  async #guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.close();
      throw error instanceof CandidateError
        ? this.#stopped(inOneLine(error.message, error), { ...error, hint: null })
        : error;
    }
  }

  #stopped(why: string, details: Details = { code: 'wrong' }): NfoldError {
    const { id } = this.#timer.variant;
    return new NfoldError(`Training with ${id} stopped after step ${this.step}: ${why}.`, exit.failed, details);
  }

  #stateWrites({ tensors }: State): Write[] {
    return this.#writes(Object.fromEntries(this.#carries.map((name, i) => [name, tensors[i]])));
  }

  /** The loss is poisoned, which shows if the step does not write it. */
  #batchWrites(batch: Tensors, step: number): Write[] {
    return this.#writes({ ...batch, step: Int32Array.of(step), loss: Int32Array.of(poison) });
  }

  #writes(tensors: Tensors): Write[] {
    return Object.entries(tensors).map(([name, array]) => ({
      offset: this.#ranges[name].offset,
      bytes: bytesOf(array),
    }));
  }
}

/** Copies the bytes, since those of a message may be unaligned. */
const floats = (bytes: Uint8Array) => new Float32Array(bytes.slice().buffer);
