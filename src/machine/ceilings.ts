/** The measured peak rates of this machine, kept in .nfold/peaks, one file for each machine and runtime. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { attempt } from '../contract/attempt.ts';
import { contentOf } from '../files/given.ts';
import { workspace } from '../files/places.ts';
import { tryWrite, type Unwritten } from '../files/write.ts';
import type { Machine, Runtime } from './describe.ts';
import { machine, runtime } from './fingerprint.ts';

const conditions = { bits: z.literal([128, 256]), threads: z.int() };

/** Gflop/s of fused multiply-adds from registers. */
const Fma = z.object({ ...conditions, gflops: z.number() });

/** GB/s, with reads and writes both counted, over `bytes` of all threads together. */
const rates = { read: z.number(), write: z.number(), copy: z.number() };
const Bandwidth = z.object({ level: z.string(), ...conditions, bytes: z.number(), ...rates });

export const Ceilings = z.object({
  schema: z.literal('nfold/ceilings@1'),
  measuredAt: z.iso.datetime(),
  /** Each rate is the best of this many sweeps. */
  sweeps: z.int(),
  seconds: z.number(),
  cpu: z.string(),
  cores: z.int(),
  node: z.string(),
  v8: z.string(),
  caches: z.array(z.object({ level: z.string(), bytes: z.number(), private: z.boolean() })),
  cachesFrom: z.enum(['system', 'sweep']),
  /** The 256-bit pattern's rate over the 128-bit one's, on one thread; null where V8 has no revectorizer. */
  revectorized: z.number().nullable(),
  fma: z.array(Fma),
  bandwidth: z.array(Bandwidth),
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
  return createHash('sha256').update([cpu, cores, arch, os, node, v8].join('|')).digest('hex').slice(0, 12);
}

export const ceilingsFile = () => join(workspace().state, 'peaks', `${fingerprint()}.json`);

/** The ceilings kept for this machine; null if their file is missing or damaged. */
export function loadCeilings(file = ceilingsFile()): Ceilings | null {
  return attempt(() => Ceilings.parse(JSON.parse(contentOf(file).toString())), null);
}

/** Returns the error if the file could not be written, else null. */
export function saveCeilings(ceilings: Ceilings, file = ceilingsFile()): Unwritten | null {
  return tryWrite(file, `${JSON.stringify(ceilings, null, 1)}\n`);
}
