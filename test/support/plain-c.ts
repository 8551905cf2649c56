/** What the peers in C should do on this machine, found out apart from nfold; and compilers that lack something. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { buildBaseline } from '../../src/build/build.ts';
import { loadOp, loadOracle } from '../../src/catalog/ops.ts';
import { loadPeer } from '../../src/catalog/peers.ts';
import { loadText } from '../../src/catalog/text.ts';
import { type Check, planChecks } from '../../src/judge/plan.ts';
import { verify } from '../../src/judge/verify.ts';

export const names = ['plain-c', 'plain-c-openmp'] as const;

const [compiler = 'cc', ...words] = process.env.CC?.split(' ').filter(Boolean) ?? [];

function compiles(...flags: string[]): boolean {
  const args = [...words, ...flags, '-x', 'c', '-o', '/dev/null', '-'];
  return spawnSync(compiler, args, { input: 'int main(void) { return 0; }\n' }).status === 0;
}

export const hasCompiler = compiles();

/** The verdict's words, as a pattern. */
export const expected: Readonly<Record<(typeof names)[number], RegExp>> = {
  'plain-c': hasCompiler ? /^pass$/ : /no C compiler: '.*' does not run here/,
  'plain-c-openmp': !hasCompiler
    ? /no C compiler: '.*' does not run here/
    : compiles('-fopenmp')
      ? /^pass$/
      : /compiles C, but refuses -fopenmp: /,
};

/** The verdict on a peer at the edges of an op. */
export async function verdictOn(id: string, name: string, chosen = (_check: Check, _i: number) => true) {
  const op = await loadOp(name);
  const verdicts = await verify({
    op,
    oracle: await loadOracle(name),
    baseline: await buildBaseline(name),
    variants: [await loadPeer(id, name)],
    checks: planChecks(op, op.edges, { seed: 5, repeats: 1, timedShapes: false }).filter(chosen),
    seed: 5,
    threads: 2,
    text: loadText(undefined, [op]).bytes,
  });
  return verdicts.get(id);
}

/** Makes a program of these lines of shell; its folder goes with the tests of the file. */
export function scripts() {
  const folder = mkdtempSync(join(tmpdir(), 'nfold-cc-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return (name: string, ...lines: readonly string[]): string => {
    const file = join(folder, name);
    writeFileSync(file, ['#!/bin/sh', ...lines, ''].join('\n'));
    chmodSync(file, 0o755);
    return file;
  };
}
