/**
 * The threads of a cell. Between calls they sleep; `ready` wakes them, untimed, and has them spin, so that the timed
 * hand-off is one store and one load. Only WebAssembly modules run here: they can reach nothing but the arena.
 */
import { once } from 'node:events';
import { extname } from 'node:path';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';

/** Words of the control block, which lies outside the arena: no kernel can write to it. */
export const word = { wake: 0, awake: 1, go: 2, done: 3 } as const;

export interface ThreadTask {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Arguments of `run`, `tid` included. */
  readonly args: readonly number[];
}

export class Pool {
  readonly #control = new Int32Array(new SharedArrayBuffer(64));
  readonly #threads: { worker: Worker; port: MessageChannel['port1'] }[] = [];
  #active = 0;

  /** Hands one task to each of the first `tasks.length` threads, starting threads as needed. */
  async assign(tasks: readonly ThreadTask[]): Promise<void> {
    while (this.#threads.length < tasks.length) await this.#start();
    this.#active = tasks.length;
    for (const [i, { port }] of this.#threads.entries()) port.postMessage(tasks[i] ?? null);
  }

  async #start(): Promise<void> {
    const { port1, port2 } = new MessageChannel();
    const workerData = { control: this.#control, port: port2, wake: Atomics.load(this.#control, word.wake) };
    const worker = new Worker(new URL(`./thread${extname(import.meta.url)}`, import.meta.url), {
      workerData,
      transferList: [port2],
      env: {},
    });
    worker.unref();
    port1.unref();
    await once(worker, 'online');
    this.#threads.push({ worker, port: port1 });
  }

  /** Wakes the threads and returns when all of them spin. */
  ready(): void {
    if (this.#active === 0) return;
    Atomics.store(this.#control, word.awake, 0);
    Atomics.store(this.#control, word.done, 0);
    Atomics.add(this.#control, word.wake, 1);
    Atomics.notify(this.#control, word.wake);
    while (Atomics.load(this.#control, word.awake) < this.#threads.length);
  }

  go(): void {
    if (this.#active > 0) Atomics.add(this.#control, word.go, 1);
  }

  finish(): void {
    if (this.#active === 0) return;
    while (Atomics.load(this.#control, word.done) < this.#threads.length);
  }

  /** Throws what a thread threw in the last call. */
  raise(): void {
    for (const { port } of this.#threads) {
      const failure = receiveMessageOnPort(port)?.message as string | undefined;
      if (failure !== undefined) throw new Error(failure);
    }
  }
}
