/** Where words go: data on stdout, progress and everything said by the way on stderr. */
import pc from 'picocolors';
import { exit } from '../contract/errors.ts';

/**
 * A reader that has seen enough, such as `head`, is no failure, and what is said by the way costs no run where stderr takes nothing.
 * What stdout does not take is lost, and told: by then, a command has kept what it had to keep.
 */
export function heedOutput(): void {
  process.stderr.on('error', () => {});
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    process.stderr.write(`nfold: The output could not be written: ${error.message}.\n`);
    process.exit(exit.failed);
  });
}

export function print(text: string): void {
  printText(`${text}\n`);
}

const said = new Set<string>();

/** Said by the way, and once. */
export function warn(text: string): void {
  if (said.has(text)) return;
  said.add(text);
  process.stderr.write(`${pc.yellow('!')} ${text}\n`);
}

/** Data alone, as one JSON document. */
export function printJson(data: unknown): void {
  printText(`${JSON.stringify(data, null, 2)}\n`);
}

/** In a pipe it may leave later: a process that has printed ends by itself, never by `process.exit`. */
export function printText(text: string): void {
  process.stdout.write(text);
}

export interface Progress {
  (note: string): void;
  /** Takes the line away. */
  end(): void;
}

/** One line that is rewritten on a terminal; elsewhere a line each time that the first word, the op, changes. */
export function progress(stream: NodeJS.WriteStream = process.stderr): Progress {
  const live = stream.isTTY === true && process.env.TERM !== 'dumb';
  const started = performance.now();
  let last = '';
  let drawn = 0;
  const show = (note: string) => {
    // Ten times a second is all that an eye can use, and drawing is not free.
    if (live && performance.now() - drawn < 100) return;
    drawn = performance.now();
    const seconds = `${((performance.now() - started) / 1000).toFixed(0).padStart(3)} s`;
    if (live) {
      const width = Math.max(20, (stream.columns ?? 80) - 1);
      stream.write(`\r\x1b[2K${pc.dim(`${seconds}  ${note}`.slice(0, width))}`);
      return;
    }
    const stage = note.replace(/check \d+ of.*|, [BMN]\d.*| \(.*/, '').replace(/warming up.*/, 'warming up');
    if (stage !== last) stream.write(`${seconds}  ${stage.replace(/, $/, '')}\n`);
    last = stage;
  };
  return Object.assign(show, { end: () => void (live && stream.write('\r\x1b[2K')) });
}
