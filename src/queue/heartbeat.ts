/** Tells a shared queue that this process lives, from a thread with a connection of its own: a judge may keep the main thread busy for minutes. */
import { Worker } from 'node:worker_threads';
import { programFile } from '../files/places.ts';

/** The try of a job that is kept. */
export interface Beat {
  readonly queue: string;
  readonly id: string;
  readonly token: number;
}

/** What src/queue/heartbeatThread.ts starts with. */
export interface Heart {
  readonly url: string;
  readonly everyMs: number;
}

export class Heartbeat {
  readonly #heart: Heart;
  #thread: Worker | null = null;
  #current: Beat | null = null;

  constructor(heart: Heart) {
    this.#heart = heart;
  }

  /** Keeps this try, in place of the one before, until what it returns is called. */
  keep(beat: Beat): () => void {
    this.#tell(beat);
    return () => {
      if (this.#current === beat) this.#tell(null);
    };
  }

  #tell(beat: Beat | null): void {
    this.#current = beat;
    this.#thread ??= this.#start();
    this.#thread.postMessage(beat);
  }

  /** No process stays alive for it. One that ended is not needed to go on: at worst, the job is taken for lost. */
  #start(): Worker {
    const thread = new Worker(programFile('src/queue/heartbeatThread'), { workerData: this.#heart });
    thread.unref();
    thread.on('error', () => {
      this.#thread = null;
    });
    return thread;
  }

  async close(): Promise<void> {
    await this.#thread?.terminate();
  }
}
