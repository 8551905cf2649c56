/** Where words go: data to stdout, progress and notes to stderr. */
import { visibleLine } from '../contract/foreign.ts';
import type { Progress } from '../contract/progress.ts';
import { columnsOf, pc, printable, type Screen } from './screen.ts';

/** A stream of the process, or a test's stand-in. */
interface Sink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** The outcome of a command. */
export interface Result<Data = unknown> {
  /** The exit code. */
  readonly code: number;
  /** For `--json`, in the shape of src/schemas/; undefined if the command has printed it already, line by line. */
  readonly data: Data;
  readonly text: string;
  /** Runs once the text is out, since it may take long: writing into a pipe that has no reader. */
  after?(): Promise<Pick<Result, 'code'> & Partial<Pick<Result, 'text'>>>;
}

/** Shortest time between two drawings of the progress line: an eye needs no more than ten a second. */
const drawMs = 100;
/** Off a terminal, a stage that goes on gets a line after this time, which shows that it lives. */
const lifeMs = 10_000;

/** The output of one command, and the requests to stop it. Nothing foreign reaches a terminal here but as text. */
export class Io implements Screen {
  readonly colours: boolean;
  readonly #stdout: Sink;
  readonly #stderr: Sink;
  readonly #live: boolean;
  readonly #now: () => number;
  readonly #warned = new Set<string>();
  readonly #stopped = new AbortController();
  #onStop: { readonly sentence?: string; readonly keeps: boolean } = { keeps: false };
  #asked = false;
  #startedAt: number | null = null;
  #drawnAt = 0;
  #stage = '';

  /** `now`: milliseconds of a clock that a test sets. */
  constructor({ stdout, stderr }: { readonly stdout: Sink; readonly stderr: Sink }, now = () => performance.now()) {
    this.#now = now;
    const { NO_COLOR, FORCE_COLOR, CI, TERM } = process.env;
    this.#stdout = stdout;
    this.#stderr = stderr;
    this.colours = !NO_COLOR && Boolean(FORCE_COLOR || CI || (stdout.isTTY && TERM !== 'dumb'));
    this.#live = stderr.isTTY === true && TERM !== 'dumb';
  }

  get columns(): number {
    return columnsOf(this.#stdout);
  }

  #write(sink: Sink, text: string): void {
    this.endProgress();
    sink.write(printable(text.endsWith('\n') ? text : `${text}\n`));
  }

  readonly print = (text: string): void => this.#write(this.#stdout, text);

  /** The same on a terminal that is cleared first. */
  page(text: string): void {
    this.endProgress();
    this.#stdout.write('\x1b[2J\x1b[H');
    this.print(text);
  }

  /** Writes a line to stderr. */
  readonly note = (text: string): void => this.#write(this.#stderr, text);

  /** Writes a warning to stderr, each text once. */
  readonly warn = (text: string): void => {
    if (!this.#warned.has(text)) this.note(`${pc.yellow('!')} ${text}`);
    this.#warned.add(text);
  };

  /** One line that is rewritten on a terminal; elsewhere a line for each change of op and stage, and one now and then with the detail. */
  readonly progress = ({ op, stage, detail }: Progress): void => {
    const now = this.#now();
    this.#startedAt ??= now;
    const shown = op === undefined ? stage : `${op}: ${stage}`;
    const isNew = shown !== this.#stage && !this.#live;
    if (!isNew && now - this.#drawnAt < (this.#live ? drawMs : lifeMs)) return;
    this.#drawnAt = now;
    this.#stage = shown;
    const seconds = `${((now - this.#startedAt) / 1000).toFixed(0).padStart(3)} s`;
    const line = visibleLine(`${seconds}  ${shown}${detail === undefined || isNew ? '' : `, ${detail}`}`);
    const width = Math.max(20, (this.#stderr.columns ?? 80) - 1);
    this.#stderr.write(this.#live ? `\r\x1b[2K${printable(pc.dim(line.slice(0, width)))}` : `${line}\n`);
  };

  /** Clears the line of a terminal. */
  endProgress(): void {
    if (this.#live && this.#drawnAt > 0) this.#stderr.write('\r\x1b[2K');
    if (this.#live) this.#drawnAt = 0;
  }

  /** Aborted by a request to stop after `keepOnStop`. */
  get signal(): AbortSignal {
    return this.#stopped.signal;
  }

  /** From here on, a request to stop prints this sentence, and the command ends by itself with what it has. */
  keepOnStop(sentence?: string): AbortSignal {
    this.#onStop = { sentence, keeps: true };
    if (this.#asked) this.#stopped.abort();
    return this.signal;
  }

  /** From here on, as at the start, a request to stop may end the process at once. */
  endOnStop(sentence?: string): void {
    this.#onStop = { sentence, keeps: false };
  }

  /** Asks the command to stop, as Ctrl-C does; false if the process may end at once. */
  stop(): boolean {
    const { sentence, keeps } = this.#onStop;
    if (sentence !== undefined) this.note(`nfold: ${sentence}`);
    this.#asked = true;
    if (keeps) this.#stopped.abort();
    return keeps;
  }
}
