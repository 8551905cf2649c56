/** The screen of the running command: reports, which do not have its Io, ask here for colours and columns. */
import { AsyncLocalStorage } from 'node:async_hooks';
import picocolors from 'picocolors';

export interface Screen {
  readonly colours: boolean;
  /** Infinite for a pipe or a file. */
  readonly columns: number;
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

/** The columns of a terminal; infinite for another stream. */
export function columnsOf({ isTTY, columns }: { readonly isTTY?: boolean; readonly columns?: number }): number {
  return isTTY ? columns || 80 : Number.POSITIVE_INFINITY;
}

const [plain, coloured] = [false, true].map((enabled) => picocolors.createColors(enabled));

/** picocolors, which asks the screen at each use whether to colour. */
export const pc: ReturnType<typeof picocolors.createColors> = new Proxy(plain, {
  get: (_, name) => Reflect.get(screen().colours ? coloured : plain, name),
});
