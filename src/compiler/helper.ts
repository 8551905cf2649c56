/**
 * A child process that reads what is not ours: it gets one request at a time, and is killed when it takes too long. The next request starts
 * another one. While it works it may ask for more, which `serve` answers.
 */
import type { ChildProcess } from 'node:child_process';
import { atNoCost, spending } from '../cell/budget.ts';
import { endGroup, type Program, startLocked } from '../cell/lockdown.ts';
import { CandidateError } from '../contract/errors.ts';

/** A question of the child, which waits for its answer; or a reply after which it can do no further work. */
type Message = object & { readonly want?: unknown; readonly broken?: true };

type Serve = (want: never) => unknown;

const helpers = new Set<Helper<never, never>>();

export class Helper<Request extends object, Reply extends object> {
  readonly #program: () => Program;
  #child: ChildProcess | null = null;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(program: () => Program) {
    this.#program = program;
    helpers.add(this as never);
  }

  /** Throws CandidateError if the process ends, or takes longer than `limitMs` or than what is left of the candidate's budget. */
  ask(request: Request, limitMs: number, serve?: Serve): Promise<Reply> {
    const reply = this.#queue.then(() => spending(limitMs, (ms) => this.#ask(request, ms, serve)));
    this.#queue = reply.catch(() => {});
    return reply;
  }

  /** Ends the process. */
  stop(): void {
    if (this.#child) endGroup(this.#child);
    this.#child = null;
  }

  async #ask(request: Request, limitMs: number, serve?: Serve): Promise<Reply> {
    this.#child ??= this.#start();
    const child = this.#child;
    child.channel?.ref();
    let timer: NodeJS.Timeout | undefined;
    let ended = () => {};
    try {
      return await new Promise<Reply>((resolve, reject) => {
        const give = (message: string) => {
          this.stop();
          reject(new CandidateError(message));
        };
        timer = setTimeout(() => give(`does not finish building within ${Math.ceil(limitMs / 1000)} s`), limitMs);
        ended = () => give('ended the process that builds it, as text that takes too much memory does');
        child.on('message', (message: Reply | Message) => {
          if ('broken' in message) this.stop();
          if (!('want' in message)) return resolve(message as Reply);
          try {
            child.send({ served: serve?.(message.want as never) }, (error) => error && ended());
          } catch (error) {
            this.stop();
            reject(error);
          }
        });
        child.once('exit', ended);
        child.send(request, (error) => error && ended());
      });
    } finally {
      clearTimeout(timer);
      child.removeAllListeners('message').off('exit', ended);
      child.channel?.unref();
    }
  }

  #start(): ChildProcess {
    const started = startLocked(this.#program(), { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    started.unref();
    const forget = () => {
      if (this.#child === started) this.#child = null;
    };
    started.on('exit', forget).on('error', forget);
    started.channel?.unref();
    return started;
  }
}

/** Ends all helpers; the next request starts them again. */
export function stopHelpers(): void {
  for (const helper of helpers) helper.stop();
}

process.on('exit', stopHelpers);

/** For a place or another help, which must not cost a candidate its verdict: outside of its budget, and null if it fails. */
export const helpful = <T>(work: () => Promise<T>): Promise<T | null> =>
  atNoCost(work).catch((error: unknown) => {
    if (error instanceof CandidateError) return null;
    throw error;
  });
