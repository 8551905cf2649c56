/**
 * A folder in which nfold finds what a bench would else begin with: ceilings, which take 18 s to measure, and what the tests have built
 * so far. For tests of something else.
 */
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { packageRoot, workspace } from '../../src/files/places.ts';
import { type Ceilings, ceilingsFile, saveCeilings } from '../../src/machine/ceilings.ts';
import { example } from './ceilings.ts';

/** So high that no time is below what the work takes at them, whatever the machine. */
const far: Ceilings = {
  ...example,
  fma: example.fma.map((one) => ({ ...one, gflops: 1e4 * one.gflops })),
  bandwidth: example.bandwidth.map(({ read, write, copy, ...one }) => ({
    ...one,
    ...{ read: 1e4 * read, write: 1e4 * write, copy: 1e4 * copy },
  })),
};

export function prepare(folder: string): void {
  knowCeilings(folder);
  const shared = workspace().cache;
  mkdirSync(shared, { recursive: true });
  symlinkSync(shared, join(folder, '.nfold/cache'));
}

/** Those alone, where what is built is to be built. */
export function knowCeilings(folder: string): void {
  const trouble = saveCeilings(far, join(folder, '.nfold/peaks', basename(ceilingsFile())));
  if (trouble) throw trouble;
}

/** An op `scale` of the folder's own, with a candidate: three small edges and one case, so that its rounds begin soon. */
export function addSmallOp(folder: string): void {
  for (const part of ['baselines', 'kernels'])
    cpSync(join(packageRoot, 'test/fixtures/own', part, 'scale'), join(folder, part, 'scale'), { recursive: true });
  const file = join(folder, 'baselines/scale/op.ts');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace('[c(64000)]', '[c(8192)]'));
}
