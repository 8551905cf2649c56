/**
 * Makes the sources of a profile build, which call mark(ops) where an op begins and ends. `ops` is a bit set: the time from there on
 * belongs to these ops together, and after mark(0) to none. In other builds the marks are comments, or absent.
 *
 *   AssemblyScript   gelu(out, inp, n); // @mark gelu_forward           time from this statement on, until the next mark
 *                    for (...) { // @mark residual_forward gelu_forward one loop that does the work of two ops
 *                    barrier(at, nthreads); // @mark rest               time of no op: waiting, hand-offs
 *   WebAssembly      ;; @mark matmul_forward                           the same on a line of its own, in the text that a generator returns
 *   baseline         a wrapper around each op's function that it imports marks, calls, and marks 0
 *
 * Needs    in AssemblyScript, each mark to end a line that begins a statement; and no mark within a loop over rows.
 */
import { suites } from '../../bench/suites.ts';
import { markSymbol } from '../cell/protocol.ts';
import type { Marking } from '../compiler/bundle.ts';
import { withMarks } from '../compiler/compile.ts';

/** Bit i of a mark stands for op i of these. */
export const markedOps: readonly string[] = suites.find(({ name }) => name === 'lm_ops')?.ops ?? [];

/** The texts of AssemblyScript files, or of `module.wat`, with each mark turned into a call; null if there is none. Throws CandidateError. */
export const marked = (files: Readonly<Record<string, string>>) => withMarks(files, markedOps);

/** Wraps the functions that `file` imports from the baselines of ops. */
export const markImports = (file: string): Marking => ({ file, ops: markedOps, symbol: markSymbol });
