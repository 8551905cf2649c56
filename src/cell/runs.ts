/** The cells of each run in this process, so that one run can be stopped and the others go on. */
import { AsyncLocalStorage } from 'node:async_hooks';

interface Ends {
  close(): void;
}

const all = new Set<Ends>();
const runs = new AsyncLocalStorage<Set<Ends>>();

/** Runs `work`, and what it awaits, as a run whose cells can be ended apart from those of other runs. */
export function withOwnCells<T>(work: () => T): T {
  return runs.run(new Set(), work);
}

/** What ends the cells of the run that asks: for Ctrl-C and for failures half-way. */
export function cellEnder(): () => void {
  const own = runs.getStore() ?? all;
  return () => {
    for (const cell of own) cell.close();
  };
}

/** Ends every cell of this process. */
export function killAllCells(): void {
  for (const cell of all) cell.close();
}

process.on('exit', killAllCells);

/** Makes a cell one of the run's; returns what takes it out again. */
export function joinRun(cell: Ends): () => void {
  const own = runs.getStore()?.add(cell);
  return () => own?.delete(cell);
}

/** Makes a cell one of the process's, and unless many runs share it, one of the run's; returns what takes it out again. */
export function enlist(cell: Ends, shared: boolean): () => void {
  all.add(cell);
  const leave = shared ? () => {} : joinRun(cell);
  return () => {
    all.delete(cell);
    leave();
  };
}
