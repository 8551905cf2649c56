/**
 * The parent's end of a cell: it starts the process, asks, and kills a cell that exceeds its limits. A cell that has nothing to do is
 * stopped, so that it cannot slow the one that is being timed.
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { attempt } from '../contract/attempt.ts';
import { brief, CandidateError, type ErrorCode } from '../contract/errors.ts';
import { Thrown } from '../contract/thrown.ts';
import type { Variant } from '../contract/variant.ts';
import { spending } from './budget.ts';
import { hasConsole, pass } from './console.ts';
import { keepThreads } from './cpu.ts';
import { cellFiles } from './folder.ts';
import { hintFor } from './hints.ts';
import { endGroup, heapMiB, signalGroup, startLocked, startTrusted } from './lockdown.ts';
import { limitData, maxDataBytes, maxResidentBytes, memoryOf, TimeAudit, threadsOf } from './procfs.ts';
import type { Ask, Evaluation, Opening, Reply, Samples, Sampling } from './protocol.ts';
import { enlist, joinRun } from './runs.ts';

/** What a cell reports, and the CPU time that its threads spent outside calls; null where the system keeps no account. */
export type Timed = Samples & { readonly untimedNs: number | null };

export interface CellOptions extends Pick<Variant, 'flags' | 'trusted'> {
  /** CPUs to keep its threads on, one each; those of V8, which compile and collect, go where the system puts them. */
  readonly cpus?: readonly number[];
  /** Milliseconds that sampling may take beside its calls; `startMs` of the process, unless a test cannot wait that long. */
  readonly graceMs?: number;
  /** It serves many runs: it ends with the one that it works for, and outlives the others. */
  readonly shared?: boolean;
  /** Gets what V8 prints, for cells whose flags make it print. */
  readonly onPrint?: (text: string) => void;
}

const watchMs = 100;
/** Time limit of an honest slow start on a busy machine; a peer has a library to load. */
const startMs = 10_000;
const trustedStartMs = 60_000;
/** Time limit for each thread to start, which takes 35 ms on a calm machine. */
const threadStartMs = 1000;
/** Added to each call for each thread, in case they share a CPU by time slices. */
const sliceMs = 10;
/** A call may take this many times as long as one of the baseline. */
const maxSlowdown = 20;
/** Assumed time of a baseline's call where it is unknown: 3 s, so `maxSlowdown` allows a minute. */
const unknownNs = 3e9;

/** What a candidate did wrong that fails at what it was asked. */
const faults = { threads: 'unsupported', open: 'contract', sample: 'trap', evaluate: 'build' } as const;

const endedBy = (reason: string) => new CandidateError(reason, 'error', { code: 'ended' });

const malformed = 'it sent a malformed reply';

export interface Asking {
  /** The time of one call of the baseline, if known; the time limit follows from it. */
  readonly expectedNs?: number;
  /** Whether its times count. False saves the account of its threads. Default: true. */
  readonly counted?: boolean;
  /** Called when the cell has all that it needs: only then may this process be kept busy, or the rest of a large message would wait. */
  readonly onSent?: () => void;
}

export class Cell {
  readonly #child: ChildProcess;
  readonly #trusted: boolean;
  readonly #startMs: number;
  readonly #graceMs: number;
  /** Threads that were started, with the main one. */
  #threads = 1;
  /** Bytes. */
  #max = { resident: maxResidentBytes, data: maxDataBytes };
  readonly #cpus: readonly number[];
  #id = 0;
  #stderr = '';
  #waiting: { id: number; resolve: (reply: Reply) => void; reject: (error: Error) => void } | null = null;
  #ended: string | null = null;
  readonly #leave: () => void;

  constructor({ flags, trusted = false, cpus = [], graceMs, shared = false, onPrint }: CellOptions) {
    this.#cpus = cpus;
    const { empty, program } = cellFiles();
    this.#trusted = trusted;
    this.#startMs = trusted ? trustedStartMs : startMs;
    this.#graceMs = graceMs ?? this.#startMs;
    const start = trusted ? startTrusted : startLocked;
    this.#child = start(
      { ...program, flags: trusted ? flags : [...flags, '--frozen-intrinsics'] },
      { cwd: empty, stdio: ['ignore', onPrint ? 'pipe' : 'ignore', 'pipe', 'ipc'] },
    );
    if (onPrint) this.#child.stdout?.setEncoding('utf8').on('data', onPrint);
    this.#leave = enlist(this, shared);
    // A cell keeps this process alive only while it owes a reply.
    for (const part of [this.#child, this.#child.channel, this.#child.stderr as Socket | null]) part?.unref();
    this.#child.stderr?.on('data', (chunk) => {
      if (this.#stderr.length < 4096) this.#stderr += chunk;
    });
    this.#child.on('message', (reply: Reply | null) => {
      if (typeof reply !== 'object' || typeof reply?.ok !== 'boolean') return this.#end(malformed);
      if (reply.id === 0) this.#keepOnCpus();
      if (reply.id === this.#waiting?.id) {
        this.#waiting.resolve(reply);
        this.#waiting = null;
      }
      if (!this.#waiting) signalGroup(this.#child, 'SIGSTOP');
    });
    this.#child.on('error', (error) => this.#end(`could not start a process for it: ${error.message}`));
    this.#child.on('exit', (code, signal) => this.#end(deathOf(code, signal, this.#stderr)));
  }

  /** Makes a case ready to be called. Throws CandidateError, like all that a cell is asked. */
  async open(opening: Opening): Promise<void> {
    if (opening.artifact.kind === 'wasm') await this.#startThreads(opening.threads);
    const asked = { ...opening, console: hasConsole() };
    await spending(this.#startMs, (limitMs) => this.#ask({ type: 'open', opening: asked }, limitMs));
  }

  /** Systems count the memory of a thread differently: it is measured while threads start, and added to the limits. */
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
    this.#keepOnCpus(1);
  }

  /** `from`: 1 for all but the main thread, which was put on its CPU when it started. */
  #keepOnCpus(from = 0): void {
    const keep = () => keepThreads(threadsOf(this.#child.pid).slice(from).map(Number), this.#cpus.slice(from));
    if (this.#cpus.length > 0) attempt(keep);
  }

  async sample(sampling: Sampling, { expectedNs, counted = true, onSent }: Asking = {}): Promise<Timed> {
    const { calls, warmup } = sampling;
    const count = calls.length + (warmup?.calls ?? 0);
    const callMs = (maxSlowdown * (expectedNs ?? unknownNs)) / 1e6 + (this.#threads > 1 ? sliceMs * this.#threads : 0);
    const warmMs = 2 * Math.max(warmup?.ms ?? 0, warmup?.maxMs ?? 0);
    const rule =
      expectedNs === undefined ? '' : `: a call may take ${maxSlowdown} times as long as one of the baseline`;
    const audit = new TimeAudit(counted ? this.#child.pid : undefined);
    const limitMs = this.#graceMs + warmMs + count * callMs;
    const { samples } = await this.#ask({ type: 'sample', sampling }, limitMs, rule, onSent);
    if (!samples || !answers(samples, sampling)) throw new CandidateError(malformed);
    const untimedNs = audit.close(samples);
    if (typeof untimedNs === 'object' && untimedNs !== null)
      throw new CandidateError(untimedNs.impossible, 'impossible');
    return { ...samples, untimedNs };
  }

  /** The bytes or the plain value that a candidate's script returns. */
  async evaluate(evaluation: Evaluation, limitMs: number): Promise<unknown> {
    const asked = { ...evaluation, console: hasConsole() };
    const leave = joinRun(this);
    const ask = (ms: number) => this.#ask({ type: 'evaluate', evaluation: asked }, ms);
    const { value } = await spending(limitMs, ask).finally(leave);
    return typeof value === 'string' ? JSON.parse(value) : value;
  }

  close(): void {
    this.#end('it was stopped');
  }

  /** Lets the process end by itself, so that it prints what it holds back, and closes the cell. */
  async finish(): Promise<void> {
    const { stdout } = this.#child;
    if (this.#ended !== null || !stdout) return;
    const printed = once(stdout, 'close');
    const late = setTimeout(() => this.close(), this.#graceMs);
    signalGroup(this.#child, 'SIGCONT');
    this.#child.disconnect();
    await printed;
    clearTimeout(late);
    this.close();
  }

  get hasEnded(): boolean {
    return this.#ended !== null;
  }

  async #ask(ask: Ask, limitMs: number, rule = '', onSent?: () => void): Promise<Reply & { ok: true }> {
    if (this.#ended !== null) throw endedBy(this.#ended);
    const id = ++this.#id;
    // Counted in ticks: while this process is busy with something else, a reply may lie unread.
    let ticks = 0;
    const watch = setInterval(() => {
      if (++ticks * watchMs > limitMs) this.#end(`no answer within ${(limitMs / 1000).toFixed(0)} s${rule}`);
      if (memoryOf(this.#child.pid).resident > this.#max.resident) {
        this.#end(`it uses more than ${(maxResidentBytes / 2 ** 30).toFixed(1)} GiB of memory`);
      }
    }, watchMs);
    try {
      const reply = await new Promise<Reply>((resolve, reject) => {
        this.#waiting = { id, resolve, reject };
        signalGroup(this.#child, 'SIGCONT');
        this.#child.send({ id, ...ask }, (error) => {
          if (error) this.#end(`could not be reached: ${error.message}`);
          onSent?.();
        });
      });
      pass(reply.printed);
      // A candidate that got out of its sandbox could say so of itself.
      if (!reply.ok && reply.unsupported && this.#trusted) throw new CandidateError(reply.error, 'unsupported');
      if (!reply.ok) throw thrown(reply, faults[ask.type]);
      return reply;
    } finally {
      clearInterval(watch);
    }
  }

  #end(reason: string): void {
    if (this.#ended !== null) return;
    this.#ended = reason;
    this.#leave();
    endGroup(this.#child);
    this.#waiting?.reject(endedBy(reason));
    this.#waiting = null;
  }
}

function thrown({ error, stack }: { readonly error: unknown; readonly stack?: unknown }, code: ErrorCode): Thrown {
  const message = brief(String(error));
  const isError = typeof stack === 'string';
  const hint = hintFor(message) ?? (isError ? null : 'throw an Error: it knows its line');
  return new Thrown(message, isError ? stack : '', { code, hint });
}

/** Whether the samples have the shape of what was asked; the judge looks at their content. */
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
  if (/heap out of memory/.test(stderr)) return `it exceeded the JavaScript heap limit of ${heapMiB} MiB`;
  const detail = stderr.split('\n').find((line) => /error|fatal|not allowed|bad option/i.test(line));
  return `its process ended early (${signal ?? `exit code ${code}`})${detail ? `: ${detail.trim()}` : ''}`;
}
