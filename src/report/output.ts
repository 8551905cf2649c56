/** Where words go: data on stdout, progress and everything said by the way on stderr. */
import type { Progress } from '../contract/progress.ts';
import { columnsOf, pc, type Screen } from './screen.ts';

/** A stream of the process, or what a test takes for one. */
export interface Sink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** What a command comes to. */
export interface Result {
  /** The exit code. */
  readonly code: number;
  /** What `--json` prints. */
  readonly data: unknown;
  readonly text: string;
  /** What is done once the text is out, since it may take long: writing into a pipe that has no reader. */
  after?(): Promise<Pick<Result, 'code'> & Partial<Pick<Result, 'text'>>>;
}

/** Ten times a second is all that an eye can use, and drawing is not free. */
const drawMs = 100;

/** What a command speaks to, and how it is asked to stop. One for each command that is run. */
export class Io implements Screen {
  readonly colours: boolean;
  readonly #stdout: Sink;
  readonly #stderr: Sink;
  readonly #live: boolean;
  readonly #warned = new Set<string>();
  readonly #stopped = new AbortController();
  #onStop: { readonly sentence?: string; readonly keeps: boolean } = { keeps: false };
  #startedAt: number | null = null;
  #drawnAt = 0;
  #stage = '';

  constructor({ stdout, stderr }: { readonly stdout: Sink; readonly stderr: Sink }) {
    const { NO_COLOR, FORCE_COLOR, CI, TERM } = process.env;
    this.#stdout = stdout;
    this.#stderr = stderr;
    this.colours = !NO_COLOR && Boolean(FORCE_COLOR || CI || (stdout.isTTY && TERM !== 'dumb'));
    this.#live = stderr.isTTY === true && TERM !== 'dumb';
  }

  get columns(): number {
    return columnsOf(this.#stdout);
  }

  readonly print = (text: string): void => {
    this.endProgress();
    this.#stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  };

  /** A line said by the way. */
  readonly note = (text: string): void => {
    this.endProgress();
    this.#stderr.write(text.endsWith('\n') ? text : `${text}\n`);
  };

  /** Said by the way, and once. */
  readonly warn = (text: string): void => {
    if (!this.#warned.has(text)) this.note(`${pc.yellow('!')} ${text}`);
    this.#warned.add(text);
  };

  /** One line that is rewritten on a terminal; elsewhere a line for each change of op and stage. */
  readonly progress = ({ op, stage, detail }: Progress): void => {
    const now = performance.now();
    this.#startedAt ??= now;
    if (this.#live && now - this.#drawnAt < drawMs) return;
    this.#drawnAt = now;
    const seconds = `${((now - this.#startedAt) / 1000).toFixed(0).padStart(3)} s`;
    const shown = op === undefined ? stage : `${op}: ${stage}`;
    if (this.#live) {
      const width = Math.max(20, (this.#stderr.columns ?? 80) - 1);
      const line = `${seconds}  ${shown}${detail === undefined ? '' : `, ${detail}`}`.slice(0, width);
      this.#stderr.write(`\r\x1b[2K${pc.dim(line)}`);
    } else if (shown !== this.#stage) this.#stderr.write(`${seconds}  ${shown}\n`);
    this.#stage = shown;
  };

  /** Takes the line of a terminal away. */
  endProgress(): void {
    if (this.#live && this.#drawnAt > 0) this.#stderr.write('\r\x1b[2K');
    if (this.#live) this.#drawnAt = 0;
  }

  /** Aborted by a request to stop that `keepOnStop` has made room for. */
  get signal(): AbortSignal {
    return this.#stopped.signal;
  }

  /** From here on a request to stop is answered with this sentence, and the command ends by itself with what it has. */
  keepOnStop(sentence: string): AbortSignal {
    this.#onStop = { sentence, keeps: true };
    return this.signal;
  }

  /** From here on, as at the start, nothing is lost if a request to stop ends the process at once. */
  endOnStop(sentence?: string): void {
    this.#onStop = { sentence, keeps: false };
  }

  /** Asks the command to stop, as Ctrl-C does; false where the process may end at once. */
  stop(): boolean {
    const { sentence, keeps } = this.#onStop;
    if (sentence !== undefined) this.note(`nfold: ${sentence}`);
    if (keeps) this.#stopped.abort();
    return keeps;
  }
}
