/** The parent's end of a cell: starts the process, asks, waits no longer than the limit, and kills it. */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../catalog/places.ts';
import type { Variant } from './opening.ts';
import { type Opening, queueFile, type Reply, type Request, type Samples, type Sampling } from './protocol.ts';

type Ask = Request extends infer R ? (R extends Request ? Omit<R, 'id'> : never) : never;

/** What went wrong in a cell is the candidate's doing: it becomes its verdict and does not end the run. */
export class CellError extends Error {}

const living = new Set<Cell>();

/** Ends every cell, at once; for Ctrl-C and for failures half-way. */
export function killAllCells(): void {
  for (const cell of living) cell.close();
}

export type CellOptions = Pick<Variant, 'flags' | 'trusted'>;

function execArgv({ flags, trusted = false }: CellOptions): string[] {
  const quiet = '--disable-warning=SecurityWarning';
  if (trusted) return [...flags, quiet];
  const readable = [
    join(packageRoot, 'src'),
    join(packageRoot, 'package.json'),
    join(packageRoot, 'node_modules/tinybench'),
    queueFile,
  ];
  return [
    ...flags,
    quiet,
    '--permission',
    '--allow-worker',
    ...readable.map((path) => `--allow-fs-read=${path}`),
    '--no-addons',
    '--disable-proto=delete',
    '--disallow-code-generation-from-strings',
  ];
}

export class Cell {
  readonly #child: ChildProcess;
  readonly #folder = mkdtempSync(join(tmpdir(), 'nfold-cell-'));
  #id = 0;
  #stderr = '';
  #waiting: { id: number; resolve: (reply: Reply) => void; reject: (error: Error) => void } | null = null;
  #ended: string | null = null;

  constructor(options: CellOptions) {
    this.#child = fork(fileURLToPath(new URL('./main.ts', import.meta.url)), [], {
      execArgv: execArgv(options),
      env: {},
      cwd: this.#folder,
      serialization: 'advanced',
      // Its own process group: Ctrl-C reaches the parent alone, which decides what to keep.
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    living.add(this);
    this.#child.stderr?.on('data', (chunk) => {
      if (this.#stderr.length < 4096) this.#stderr += chunk;
    });
    this.#child.on('message', (reply: Reply | null) => {
      if (typeof reply !== 'object' || typeof reply?.ok !== 'boolean') return this.#end('it sent what is no answer');
      if (reply.id !== this.#waiting?.id) return;
      this.#waiting.resolve(reply);
      this.#waiting = null;
    });
    this.#child.on('error', (error) => this.#end(`could not start a process for it: ${error.message}`));
    this.#child.on('exit', (code, signal) => {
      const detail = this.#stderr.split('\n').find((line) => /error|fatal|not allowed|bad option/i.test(line));
      this.#end(`its process ended early (${signal ?? `exit code ${code}`})${detail ? `: ${detail.trim()}` : ''}`);
    });
  }

  async open(opening: Opening, limitMs = 60_000): Promise<void> {
    await this.#ask({ type: 'open', opening }, limitMs);
  }

  async sample(sampling: Sampling, limitMs = 60_000): Promise<Samples> {
    const reply = await this.#ask({ type: 'sample', sampling }, limitMs);
    if (reply.samples?.timeNs.length !== sampling.calls.length) throw new CellError('it sent what is no answer');
    return reply.samples;
  }

  close(): void {
    this.#end('it was stopped');
  }

  async #ask(ask: Ask, limitMs: number): Promise<Reply & { ok: true }> {
    if (this.#ended !== null) throw new CellError(this.#ended);
    const id = ++this.#id;
    const timer = setTimeout(() => this.#end(`no answer within ${(limitMs / 1000).toFixed(0)} s`), limitMs);
    try {
      const reply = await new Promise<Reply>((resolve, reject) => {
        this.#waiting = { id, resolve, reject };
        this.#child.send({ id, ...ask }, (error) => {
          if (error) this.#end(`could not be reached: ${error.message}`);
        });
      });
      if (!reply.ok) throw new CellError(reply.error);
      return reply;
    } finally {
      clearTimeout(timer);
    }
  }

  #end(reason: string): void {
    if (this.#ended !== null) return;
    this.#ended = reason;
    living.delete(this);
    this.#child.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
    this.#waiting?.reject(new CellError(reason));
    this.#waiting = null;
  }
}
