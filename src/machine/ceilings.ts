/** What this machine can do, as measured, and where that is kept: .nfold/peaks, one file a machine and runtime. */

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { contentOf } from '../files/given.ts';
import { workspace } from '../files/places.ts';
import { keep, type Unwritten } from '../files/write.ts';
import type { Machine, Runtime } from './describe.ts';
import { machine, runtime } from './fingerprint.ts';

/** Gflop/s of fused multiply-adds from registers. */
const Fma = z.object({ bits: z.union([z.literal(128), z.literal(256)]), threads: z.int(), gflops: z.number() });

/** GB/s, 10^9 bytes moved a second, reads and writes both counted, over `bytes` of all threads together. */
const Bandwidth = z.object({
  level: z.string(),
  bits: z.union([z.literal(128), z.literal(256)]),
  threads: z.int(),
  bytes: z.number(),
  read: z.number(),
  write: z.number(),
  copy: z.number(),
});

export const Ceilings = z.object({
  schema: z.literal('nfold/ceilings@1'),
  measuredAt: z.iso.datetime(),
  /** Each rate is the best of so many sweeps. */
  sweeps: z.int(),
  seconds: z.number(),
  cpu: z.string(),
  cores: z.int(),
  node: z.string(),
  v8: z.string(),
  caches: z.array(z.object({ level: z.string(), bytes: z.number(), private: z.boolean() })),
  /** Whether the sizes come from the system, or from a sweep. */
  cachesFrom: z.enum(['system', 'sweep']),
  /** Rate of the 256-bit pattern over that of the 128-bit one, one thread; null where V8 has no revectorizer. */
  revectorized: z.number().nullable(),
  fma: z.array(Fma),
  bandwidth: z.array(Bandwidth),
});
export type Ceilings = z.infer<typeof Ceilings>;
export type Bandwidth = z.infer<typeof Bandwidth>;

/** Above this ratio the revectorizer took effect; it is 2 where the core is as wide as that, and spilling makes it less than 1. */
export const tookEffect = 1.3;

/**
 * Whether the rates agree with each other: all threads are no slower than one, at either width. Where other work had a core
 * meanwhile they are slower, and then they are no ceilings.
 */
export function consistent({ fma }: Pick<Ceilings, 'fma'>): boolean {
  const one = (width: number) => fma.find(({ bits, threads }) => bits === width && threads === 1)?.gflops ?? 0;
  return fma.every(({ bits, gflops }) => gflops >= 0.95 * one(bits));
}

/** What a rate depends on: the processor and the code generator. */
export function fingerprint({ cpu, cores, arch, os }: Machine = machine(), { node, v8 }: Runtime = runtime()): string {
  return createHash('sha256').update([cpu, cores, arch, os, node, v8].join('|')).digest('hex').slice(0, 12);
}

export const ceilingsFile = () => join(workspace().state, 'peaks', `${fingerprint()}.json`);

/** Those of this machine, or null if none are kept (a file that cannot be read counts as none: they are soon measured again). */
export function loadCeilings(file = ceilingsFile()): Ceilings | null {
  try {
    return Ceilings.parse(JSON.parse(contentOf(file).toString()));
  } catch {
    return null;
  }
}

/** What went wrong where they could not be kept. */
export function saveCeilings(ceilings: Ceilings, file = ceilingsFile()): Unwritten | null {
  return keep(file, `${JSON.stringify(ceilings, null, 1)}\n`);
}
