/** What the running command is shown on: reports, which are far from its Io, ask here for colours and columns. */
import { AsyncLocalStorage } from 'node:async_hooks';
import picocolors from 'picocolors';

export interface Screen {
  readonly colours: boolean;
  /** Infinite in a pipe or a file. */
  readonly columns: number;
}

const current = new AsyncLocalStorage<Screen>();

/** Runs `work`, and what it awaits, for that screen. */
export function onScreen<T>(screen: Screen, work: () => T): T {
  return current.run(screen, work);
}

/** Outside of any command it is that of the process. */
export function screen(): Screen {
  return current.getStore() ?? { colours: picocolors.isColorSupported, columns: columnsOf(process.stdout) };
}

/** Of a terminal, or infinite. */
export function columnsOf({ isTTY, columns }: { readonly isTTY?: boolean; readonly columns?: number }): number {
  return isTTY ? columns || 80 : Number.POSITIVE_INFINITY;
}

const [plain, coloured] = [false, true].map((enabled) => picocolors.createColors(enabled));

/** picocolors, decided anew at each use. */
export const pc = new Proxy(plain, { get: (_, name) => Reflect.get(screen().colours ? coloured : plain, name) });
