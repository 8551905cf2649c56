/** Finds out how many threads a cell can start here, by a module in which each thread writes its number. */
import { Cell } from '../cell/cell.ts';
import { compile } from '../compiler/compile.ts';
import { CandidateError } from '../contract/errors.ts';

/** Text of a module in which each thread writes its number. */
export const numbersModule = `(module
  (import "env" "memory" (memory 1 65536 shared))
  (func (export "run") (param $tid i32) (param $nthreads i32) (param $numbers i32) (param $scratch i32)
    (i32.store
      (i32.add (local.get $numbers) (i32.shl (local.get $tid) (i32.const 2)))
      (i32.add (local.get $tid) (i32.const 1)))))`;

/** `threads`: the largest count tried that worked, or 0; `reason`: why twice that count failed, or null if nothing failed. */
export interface WorkingThreads {
  readonly threads: number;
  readonly reason: string | null;
}

/** Tries `wanted` threads, then half of that, until a count works. */
export async function workingThreads(wanted: number): Promise<WorkingThreads> {
  const bytes = await compile({ type: 'wat', text: numbersModule });
  let reason: string | null = null;
  for (let threads = wanted; threads >= 1; threads >>= 1) {
    const cell = new Cell({ flags: [] });
    const numbers = { name: 'numbers', dtype: 'i32', offset: 0, length: threads } as const;
    try {
      await cell.open({
        artifact: { kind: 'wasm', bytes },
        ...{ op: 'threads', dims: {}, scalars: {}, slots: [numbers], bytes: 4 * threads, threads },
      });
      const { reads } = await cell.sample({ calls: [{ writes: [], reads: [{ offset: 0, length: 4 * threads }] }] });
      const found = new Int32Array(reads[0][0].slice().buffer);
      const silent = found.findIndex((number, tid) => number !== tid + 1);
      if (silent < 0) return { threads, reason };
      reason = `thread ${silent} of ${threads} did not run`;
    } catch (error) {
      if (!(error instanceof CandidateError)) throw error;
      reason = error.message;
    } finally {
      cell.close();
    }
  }
  return { threads: 0, reason };
}
