/**
 * The threads of a cell. Between calls they sleep; `ready` wakes them, untimed, and lets them spin, so that the timed hand-off is one
 * store and one load. Only WebAssembly modules run on them: these can reach nothing but the arena.
 */
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { Schedstat } from './schedstat.ts';

/** Words of the control block, which lies outside the arena, so that no kernel can write to it. `sleepy`: whether threads that wait go to sleep. */
export const word = { wake: 0, awake: 1, go: 2, done: 3, sleepy: 4 } as const;

/** Megabytes for the machine code of a thread's own JavaScript, a page of text. V8 would set 512 aside for each thread. */
const codeRangeSizeMb = 16;
/** Before threads are kept on a CPU each: afterwards, the system would tell of one. */
const cpus = availableParallelism();
/** A thread that may sleep spins this often before, some microseconds. */
const maxSpins = 1000;

/**
 * Returns when a counter reaches `target`. If each thread has a CPU and calls are timed, it only spins: to wake a thread takes longer than a
 * short call.
 */
export function reach(control: Int32Array, counter: number, target: number): void {
  for (let spin = 0; ; spin++) {
    const value = Atomics.load(control, counter);
    if (((value - target) | 0) >= 0) return;
    if (spin > maxSpins && control[word.sleepy] === 1) Atomics.wait(control, counter, value);
  }
}

/** Adds one to a counter, and wakes threads that sleep in `reach`. */
export function count(control: Int32Array, counter: number): void {
  Atomics.add(control, counter, 1);
  if (control[word.sleepy] === 1) Atomics.notify(control, counter);
}

export interface ThreadTask {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Arguments of `run`, `tid` included. */
  readonly args: readonly number[];
  /** The end of its stack, if its module exports the pointer to one. */
  readonly stack?: number;
}

/** Compilers of C keep arrays, and what does not fit into locals, on a stack in memory, which grows downwards from its end. */
export const stackPointer = '__stack_pointer';

/** Without this, all threads would have the one stack that the linker laid out. */
export function setStack({ exports }: WebAssembly.Instance, end: number | undefined): void {
  if (end !== undefined) (exports[stackPointer] as WebAssembly.Global).value = end;
}

export class Pool {
  readonly #control = new Int32Array(new SharedArrayBuffer(64));
  readonly #threads: { worker: Worker; port: MessageChannel['port1']; account: Schedstat | null }[] = [];
  #active = 0;

  /** Starts threads until there are `threads`, without the calling one. */
  async grow(threads: number): Promise<void> {
    const missing = Array.from({ length: threads - this.#threads.length }, () => this.#start());
    this.#threads.push(...(await Promise.all(missing)));
  }

  /**
   * Hands one task to each of the first `tasks.length` threads; the others sleep through all calls. `untimed`: a thread that waits goes to
   * sleep, as where there are more threads than CPUs, since it would spin in the way of nfold's own work.
   */
  assign(tasks: readonly ThreadTask[], untimed: boolean): void {
    if (tasks.length > this.#threads.length) throw new Error('more tasks than threads were started');
    this.#active = tasks.length;
    this.#control[word.sleepy] = untimed || tasks.length + 1 > cpus ? 1 : 0;
    for (const [i, { port }] of this.#threads.entries()) port.postMessage(tasks[i] ?? null);
  }

  async #start() {
    const { port1, port2 } = new MessageChannel();
    const workerData = { control: this.#control, port: port2, wake: Atomics.load(this.#control, word.wake) };
    const worker = new Worker(new URL(`./thread${extname(import.meta.url)}`, import.meta.url), {
      workerData,
      transferList: [port2],
      env: {},
      resourceLimits: { codeRangeSizeMb },
    });
    worker.unref();
    port1.unref();
    const [account] = (await once(worker, 'message')) as [Schedstat | null];
    return { worker, port: port1, account };
  }

  /** The scheduler's accounts of the threads that have a task. */
  accounts(): readonly Schedstat[] {
    return this.#threads.slice(0, this.#active).flatMap(({ account }) => account ?? []);
  }

  /** Wakes the threads and returns when all of them are awake. */
  ready(): void {
    if (this.#active === 0) return;
    Atomics.store(this.#control, word.awake, 0);
    Atomics.store(this.#control, word.done, 0);
    Atomics.add(this.#control, word.wake, 1);
    Atomics.notify(this.#control, word.wake);
    // Those without a task say so, and sleep again: a late one must not take the task of a later call for this one's.
    reach(this.#control, word.awake, this.#threads.length);
  }

  go(): void {
    if (this.#active > 0) count(this.#control, word.go);
  }

  finish(): void {
    if (this.#active > 0) reach(this.#control, word.done, this.#active);
  }

  /** Throws if a thread threw in the last call. */
  raise(): void {
    for (const { port } of this.#threads) {
      const failure = receiveMessageOnPort(port)?.message as Error | undefined;
      if (failure) throw failure;
    }
  }
}
