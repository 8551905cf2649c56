/** The measured peak rates that a record's shares of the peak refer to. */
import { z } from 'zod';
import { flag } from '../contract/fields.ts';
import { count, decimal, later, list, name, number, numberOrNull, text } from './fields.ts';
import { cores } from './machine.ts';

const conditions = { bits: z.literal([128, 256]).describe('Width of a register.'), threads: count('Threads.') };
const rate = (what: string) => decimal.min(Number.MIN_VALUE).describe(what);
const level = text('Cache or memory that the bytes lie in.');
const keyOf = (row: { readonly bits: number; readonly threads: number; readonly level?: string }) =>
  `${row.bits} ${row.threads} ${row.level}`;

const Cache = z.object({ level, bytes: number('Size.'), private: flag('Whether each core has its own.') });

const Fma = z.object({ ...conditions, gflops: rate('Gflop/s.') });

const Bandwidth = z.object({
  level,
  ...conditions,
  bytes: number('Bytes of all threads together.'),
  read: rate('GB/s.'),
  write: rate('GB/s.'),
  copy: rate('GB/s, reads and writes both counted.'),
});

const CeilingsOf = z.object({
  ops: list('Names of the ops that they were used for.', name, 200, (op) => op),
  measuredAt: z.iso
    .datetime()
    .describe(
      'When the caches and bandwidths were measured, UTC. All rates are those at the speed found beside the run.',
    ),
  cores,
  caches: list('Caches for data.', Cache, 10),
  revectorized: numberOrNull("The 256-bit pattern's rate over the 128-bit one's, on one thread; null without it."),
  fma: list('Fused multiply-adds from registers.', Fma, 100, keyOf),
  bandwidth: list('Bandwidth by level.', Bandwidth, 500, keyOf),
});

export const CeilingsList = later(
  'The ceilings of the machine: one set for all ops that were timed at the same speed of it; null in older records.',
  list('Sets of ceilings.', CeilingsOf, 200),
);

export type CeilingsOf = z.infer<typeof CeilingsOf>;
