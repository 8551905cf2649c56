/** The screen of the running command: reports, which do not have its Io, ask here for colours and columns. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomInt } from 'node:crypto';
import picocolors from 'picocolors';
import { visible } from '../contract/foreign.ts';

export interface Screen {
  readonly colours: boolean;
  /** Infinite for a pipe or a file. */
  readonly columns: number;
  /** Whether tables keep the columns that do not fit, where a command lets that be chosen. */
  readonly wide?: boolean;
}

const current = new AsyncLocalStorage<Screen>();

/** Runs `work`, and what it awaits, for that screen. */
export function onScreen<T>(screen: Screen, work: () => T): T {
  return current.run(screen, work);
}

/** The screen of the running command, or else that of the process. */
export function screen(): Screen {
  return current.getStore() ?? { colours: picocolors.isColorSupported, columns: columnsOf(process.stdout) };
}

/** Draws what a command prints: for its window, or for 80 columns in a pipe or a file. `wide`: its flag; undefined if it has none. */
export function inWindow<T>(wide: boolean | undefined, work: () => T): T {
  const { colours, columns } = screen();
  return onScreen({ colours, columns: Number.isFinite(columns) ? columns : 80, wide }, work);
}

/** The columns that a table may take. */
export function tableRoom(): number {
  const { columns, wide } = screen();
  return wide ? Number.POSITIVE_INFINITY : columns;
}

/** The columns of a terminal; infinite for another stream. */
export function columnsOf({ isTTY, columns }: { readonly isTTY?: boolean; readonly columns?: number }): number {
  return isTTY ? columns || 80 : Number.POSITIVE_INFINITY;
}

/**
 * What nfold styles carries a mark that no other text can have, since it is drawn anew in each process. The place where text is printed
 * takes the mark away, and lets no escape sequence through that lacks it.
 */
const mark = `\x1b[${Array.from({ length: 4 }, () => randomInt(1000, 10_000)).join(';')};`;

/** Marks the colours of a text in which nothing is foreign, or was made `printable`. */
export const marked = (text: string): string => text.replaceAll('\x1b[', mark);

/** As it goes to a terminal: our own styling, and of everything else what hides is made visible. */
export function printable(text: string): string {
  const [first, ...styled] = text.split(mark);
  const parts = styled.map((part) => {
    const [codes] = /^[\d;]*m/.exec(part) ?? [''];
    return (codes && `\x1b[${codes}`) + visible(part.slice(codes.length));
  });
  return [visible(first), ...parts].join('');
}

const [plain, coloured] = [false, true].map((enabled) => picocolors.createColors(enabled));

/** picocolors, which asks the screen at each use whether to colour. */
export const pc: ReturnType<typeof picocolors.createColors> = new Proxy(plain, {
  get(_, name) {
    const now = () => Reflect.get(screen().colours ? coloured : plain, name);
    return typeof now() === 'function' ? (text: unknown) => marked(now()(printable(`${text}`))) : now();
  },
});
