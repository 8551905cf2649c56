/** The measured peak rates of this machine, kept in .nfold/peaks, one file for each machine and runtime. */

import { basename, join } from 'node:path';
import { z } from 'zod';
import { attempt } from '../contract/attempt.ts';
import { count, flag, list, number, numberOrNull, text } from '../contract/fields.ts';
import { sha256 } from '../contract/sha256.ts';
import { contentOf } from '../files/given.ts';
import { workspace } from '../files/places.ts';
import { sealedJson, unsealed } from '../files/seal.ts';
import { tryWrite, type Unwritten } from '../files/write.ts';
import type { Machine, Runtime } from './describe.ts';
import { machine, runtime } from './fingerprint.ts';

const conditions = { bits: z.literal([128, 256]).describe('Width of a register.'), threads: count('Threads.') };

const Fma = z.object({ ...conditions, gflops: number('Gflop/s.') });

const Bandwidth = z.object({
  level: text('Cache or memory that the bytes lie in.'),
  ...conditions,
  bytes: number('Bytes of all threads together.'),
  read: number('GB/s.'),
  write: number('GB/s.'),
  copy: number('GB/s, reads and writes both counted.'),
});

export const Ceilings = z.object({
  schema: z.literal('nfold/ceilings@1').describe('Version of this format.'),
  measuredAt: z.iso.datetime().describe('When it was measured, UTC.'),
  sweeps: count('Each rate is the best of this many sweeps.'),
  seconds: number('Duration, s.'),
  cpu: text('Model of the CPU.'),
  cores: count('Cores that nfold may use.'),
  node: text('Version of Node.'),
  v8: text('Version of V8.'),
  caches: list(
    'Caches for data.',
    z.object({
      level: text('L1, L2 or L3.'),
      bytes: number('Size.'),
      private: flag('Whether each core has its own.'),
    }),
  ),
  cachesFrom: z.enum(['system', 'sweep']).describe('Whether the system told their sizes, or a sweep found them.'),
  revectorized: numberOrNull("The 256-bit pattern's rate over the 128-bit one's, on one thread; null without it."),
  fma: list('Fused multiply-adds from registers.', Fma),
  bandwidth: list('Bandwidth by level.', Bandwidth),
});
export type Ceilings = z.infer<typeof Ceilings>;

/** The revectorizer took effect above this ratio. The ratio is 2 on a core with 256-bit units; below 1, sums spilled. */
export const tookEffect = 1.3;

/** Whether all threads together are at least as fast as one, at either width. If not, other work had a core meanwhile. */
export function consistent({ fma }: Pick<Ceilings, 'fma'>): boolean {
  const one = (width: number) => fma.find(({ bits, threads }) => bits === width && threads === 1)?.gflops ?? 0;
  return fma.every(({ bits, gflops }) => gflops >= 0.95 * one(bits));
}

/** 12 hex digits that identify the processor and the code generator, on which rates depend. */
export function fingerprint({ cpu, cores, arch, os }: Machine = machine(), { node, v8 }: Runtime = runtime()): string {
  return sha256([cpu, cores, arch, os, node, v8].join('|')).slice(0, 12);
}

export const ceilingsFile = () => join(workspace().state, 'peaks', `${fingerprint()}.json`);

/** The ceilings kept for this machine; null if their file is missing or damaged, or came with the folder. */
export function loadCeilings(file = ceilingsFile()): Ceilings | null {
  return attempt(() => Ceilings.parse(unsealed(basename(file), contentOf(file, maxBytes).toString())), null);
}

const maxBytes = 2 ** 20;

/** Returns the error if the file could not be written, else null. */
export function saveCeilings(ceilings: Ceilings, file = ceilingsFile()): Unwritten | null {
  return tryWrite(file, `${sealedJson(basename(file), ceilings)}\n`);
}
