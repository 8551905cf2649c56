/**
 * The parent's end of a cell: starts the process, asks, waits no longer than the limit, and kills it. A cell that is not asked
 * anything is stopped, so that it can't disturb the one that is.
 */

import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { CandidateError } from '../contract/errors.ts';
import type { Variant } from '../contract/variant.ts';
import { Account } from './account.ts';
import { ownFolder } from './folder.ts';
import { endGroup, type Program, signalGroup, startLocked, startTrusted } from './lockdown.ts';
import { limitData, memoryOf, mostDataBytes, mostResidentBytes } from './procfs.ts';
import { cellProgram } from './program.ts';
import type { Evaluation, Opening, Reply, Request, Samples, Sampling } from './protocol.ts';

type Ask = Request extends infer R ? (R extends Request ? Omit<R, 'id'> : never) : never;
type Answer = Reply & { ok: true };

const living = new Set<Cell>();

/** Ends every cell, at once; for Ctrl-C and for failures half-way. */
export function killAllCells(): void {
  for (const cell of living) cell.close();
}

process.on('exit', killAllCells);

/** What a cell says, and how much CPU time its threads had beside that; null where the system does not say. */
export type Timed = Samples & { readonly outsideNs: number | null };

export interface CellOptions extends Pick<Variant, 'flags' | 'trusted'>, Pick<Program, 'cpu'> {
  /** Milliseconds that sampling may take beside its calls; `startMs` of the process, unless a test cannot wait that long. */
  readonly graceMs?: number;
}

const watchMs = 100;
/** What an honest slow start may take on a busy machine; a library that we trust has more to load. */
const startMs = 10_000;
const trustedStartMs = 60_000;
/** For each thread, which takes 35 ms to start on a calm machine; and for each of several in each call, where they share a CPU by slices. */
const threadStartMs = 1000;
const sliceMs = 10;
/** A call may take so many times as long as is usual. */
const mostSlowdown = 20;
/** Of a call, where nobody knows how long the baseline takes: a minute for each. */
const unknownNs = 3e9;

export class Cell {
  readonly #child: ChildProcess;
  readonly #startMs: number;
  readonly #graceMs: number;
  /** Those that are started, the main one counted, and the memory that all of it may have. */
  #threads = 1;
  #max = { resident: mostResidentBytes, data: mostDataBytes };
  #id = 0;
  #stderr = '';
  #waiting: { id: number; resolve: (reply: Reply) => void; reject: (error: Error) => void } | null = null;
  #ended: string | null = null;

  constructor({ flags, trusted = false, cpu, graceMs }: CellOptions) {
    this.#startMs = trusted ? trustedStartMs : startMs;
    this.#graceMs = graceMs ?? this.#startMs;
    const start = trusted ? startTrusted : startLocked;
    this.#child = start(
      { ...cellProgram(), flags: trusted ? flags : [...flags, '--frozen-intrinsics'], cpu },
      { cwd: join(ownFolder(), 'empty'), stdio: ['ignore', 'ignore', 'pipe', 'ipc'] },
    );
    living.add(this);
    // A cell keeps this process alive only while it is asked.
    for (const part of [this.#child, this.#child.channel, this.#child.stderr as Socket | null]) part?.unref();
    this.#child.stderr?.on('data', (chunk) => {
      if (this.#stderr.length < 4096) this.#stderr += chunk;
    });
    this.#child.on('message', (reply: Reply | null) => {
      if (typeof reply !== 'object' || typeof reply?.ok !== 'boolean') return this.#end('it sent what is no answer');
      if (reply.id === this.#waiting?.id) {
        this.#waiting.resolve(reply);
        this.#waiting = null;
      }
      if (!this.#waiting) signalGroup(this.#child, 'SIGSTOP');
    });
    this.#child.on('error', (error) => this.#end(`could not start a process for it: ${error.message}`));
    this.#child.on('exit', (code, signal) => this.#end(deathOf(code, signal, this.#stderr)));
  }

  async open(opening: Opening): Promise<void> {
    if (opening.artifact.kind === 'wasm') await this.#startThreads(opening.threads);
    await this.#ask({ type: 'open', opening }, this.#startMs);
  }

  /** What the system counts for threads, which differs between systems, is measured while they start and comes on top of the limits. */
  async #startThreads(threads: number): Promise<void> {
    if (threads <= this.#threads) return;
    const { pid } = this.#child;
    limitData(pid, null);
    const before = memoryOf(pid);
    try {
      await this.#ask({ type: 'threads', threads }, this.#startMs + threads * threadStartMs);
      const after = memoryOf(pid);
      this.#max = {
        resident: this.#max.resident + after.resident - before.resident,
        data: this.#max.data + after.data - before.data,
      };
    } catch (error) {
      if (!(error instanceof CandidateError)) throw error;
      throw new CandidateError(
        `${threads} threads could not be started here (${error.message}): give fewer with --threads`,
      );
    } finally {
      limitData(pid, this.#max.data);
    }
    this.#threads = threads;
  }

  /** `usualNs`: of one call, by the baseline, as far as that is known. */
  async sample(sampling: Sampling, usualNs?: number): Promise<Timed> {
    const { calls, warmup } = sampling;
    const callsMs = (mostSlowdown * (usualNs ?? unknownNs) * (calls.length + (warmup?.calls ?? 0))) / 1e6;
    const slicesMs = this.#threads > 1 ? sliceMs * this.#threads * (calls.length + (warmup?.calls ?? 0)) : 0;
    const warmMs = 2 * Math.max(warmup?.ms ?? 0, warmup?.mostMs ?? 0);
    const allowed = usualNs === undefined ? '' : `: a call may take ${mostSlowdown} times as long as is usual`;
    const account = new Account(this.#child.pid);
    const { samples } = await this.#ask(
      { type: 'sample', sampling },
      this.#graceMs + warmMs + slicesMs + callsMs,
      allowed,
    );
    if (!samples || !answers(samples, sampling)) throw new CandidateError('it sent what is no answer');
    const outsideNs = account.close(samples);
    if (typeof outsideNs === 'object' && outsideNs !== null)
      throw new CandidateError(outsideNs.impossible, 'impossible');
    return { ...samples, outsideNs };
  }

  /** Bytes, or a plain value. */
  async evaluate(evaluation: Evaluation, limitMs: number): Promise<unknown> {
    const { value } = await this.#ask({ type: 'evaluate', evaluation }, limitMs);
    return typeof value === 'string' ? JSON.parse(value) : value;
  }

  close(): void {
    this.#end('it was stopped');
  }

  async #ask(ask: Ask, limitMs: number, allowed = ''): Promise<Answer> {
    if (this.#ended !== null) throw new CandidateError(this.#ended);
    const id = ++this.#id;
    // Counted in ticks: while this process is busy with something else, an answer may lie there unread.
    let ticks = 0;
    const watch = setInterval(() => {
      if (++ticks * watchMs > limitMs) this.#end(`no answer within ${(limitMs / 1000).toFixed(0)} s${allowed}`);
      this.#watchMemory();
    }, watchMs);
    try {
      const reply = await new Promise<Reply>((resolve, reject) => {
        this.#waiting = { id, resolve, reject };
        signalGroup(this.#child, 'SIGCONT');
        this.#child.send({ id, ...ask }, (error) => {
          if (error) this.#end(`could not be reached: ${error.message}`);
        });
      });
      if (!reply.ok) throw new CandidateError(reply.error);
      return reply;
    } finally {
      clearInterval(watch);
    }
  }

  #watchMemory(): void {
    if (memoryOf(this.#child.pid).resident <= this.#max.resident) return;
    this.#end(`it uses more than ${(mostResidentBytes / 2 ** 30).toFixed(1)} GiB of memory`);
  }

  #end(reason: string): void {
    if (this.#ended !== null) return;
    this.#ended = reason;
    living.delete(this);
    endGroup(this.#child);
    this.#waiting?.reject(new CandidateError(reason));
    this.#waiting = null;
  }
}

/** Whether these can be samples of these calls; what they say is for others to check. */
function answers({ timeNs, reads }: Samples, { calls }: Sampling): boolean {
  if (timeNs.length !== calls.length || reads.length !== calls.length) return false;
  return calls.every(
    (call, i) =>
      Number.isFinite(timeNs[i]) &&
      reads[i].length === call.reads.length &&
      call.reads.every(({ length }, j) => reads[i][j].length === length),
  );
}

function deathOf(code: number | null, signal: string | null, stderr: string): string {
  if (/heap out of memory/.test(stderr)) return 'it uses more memory than the heap of JavaScript may have';
  const detail = stderr.split('\n').find((line) => /error|fatal|not allowed|bad option/i.test(line));
  return `its process ended early (${signal ?? `exit code ${code}`})${detail ? `: ${detail.trim()}` : ''}`;
}
