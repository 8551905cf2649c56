/**
 * Makes the sources of a profile build, which call mark(ops) where an op begins and ends. `ops` is a bit set: the time from there on
 * belongs to these ops together, and after mark(0) to none. In other builds the marks are comments, or absent.
 *
 *   AssemblyScript   gelu(out, inp, n); // @mark gelu_forward           time from this statement on, until the next mark
 *                    for (...) { // @mark residual_forward gelu_forward one loop that does the work of two ops
 *                    barrier(at, nthreads); // @mark rest               time of no op: waiting, hand-offs
 *   baseline         a wrapper around each op's function that it imports marks, calls, and marks 0
 *
 * Needs    each mark to end a line that begins a statement, and no mark within a loop over rows.
 */
import { basename, dirname } from 'node:path';
import type { Plugin } from 'esbuild';
import { suites } from '../../bench/suites.ts';
import { markSymbol } from '../cell/protocol.ts';
import { CandidateError } from '../contract/errors.ts';

/** Bit i of a mark stands for op i of these. */
export const markedOps: readonly string[] = suites.find(({ name }) => name === 'lm_ops')?.ops ?? [];

/** The texts of AssemblyScript files with each mark turned into a call; null if there is none. */
export function marked(files: Readonly<Record<string, string>>): Record<string, string> | null {
  const texts = Object.entries(files).map(([file, text]) => {
    const calls = text.replace(/^([ \t]*)(\S.*?) *\/\/ @mark ([a-z0-9_ ]+)$/gm, (_, indent, statement, names) => {
      return `${indent}__mark(${bitsOf(names.split(' '), file)}); ${statement}`;
    });
    const declared = calls === text ? '' : "\n@external('env', 'mark') declare function __mark(ops: i32): void;\n";
    return [file, calls + declared];
  });
  return texts.some(([file, text]) => text !== files[file]) ? Object.fromEntries(texts) : null;
}

function bitsOf(names: readonly string[], file: string): number {
  if (names.length === 1 && names[0] === 'rest') return 0;
  const strange = names.find((name) => !markedOps.includes(name));
  if (strange === undefined) return names.reduce((bits, name) => bits | (1 << markedOps.indexOf(name)), 0);
  throw new CandidateError(`${file} marks '${strange}', which is none of rest, ${markedOps.join(', ')}`);
}

/** Wraps the functions that `file` imports from the baselines of ops. */
export function markImports(file: string): Plugin {
  const suffix = '?marked';
  return {
    name: 'marks',
    setup(build) {
      build.onResolve({ filter: /\/baseline\.ts$/ }, async ({ path, importer, resolveDir, kind, pluginData }) => {
        if (importer !== file || pluginData === suffix) return null;
        const found = await build.resolve(path, { importer, resolveDir, kind, pluginData: suffix });
        return markedOps.includes(basename(dirname(found.path))) ? { ...found, suffix } : found;
      });
      build.onLoad({ filter: /\/baseline\.ts$/ }, ({ path, suffix: asked }) => {
        if (asked !== suffix) return null;
        const op = basename(dirname(path));
        const contents = `
          import { ${op} as call } from './baseline.ts';
          export function ${op}(...args) {
            const mark = globalThis[Symbol.for('${markSymbol}')];
            mark(${1 << markedOps.indexOf(op)});
            const result = call(...args);
            mark(0);
            return result;
          }`;
        return { contents, loader: 'js', resolveDir: dirname(path) };
      });
    },
  };
}
