/** Ceilings in round numbers, of a machine with two cores. */
import type { Ceilings } from '../../src/machine/ceilings.ts';

const widths = [128, 256] as const;

export const example: Ceilings = {
  schema: 'nfold/ceilings@1',
  measuredAt: '2026-11-25T00:00:00.000Z',
  sweeps: 1,
  seconds: 1,
  cpu: 'example',
  cores: 2,
  node: '26.10.0',
  v8: '14.6',
  caches: [
    { level: 'L1', bytes: 32768, private: true },
    { level: 'L2', bytes: 1 << 20, private: true },
    { level: 'L3', bytes: 1 << 25, private: false },
  ],
  cachesFrom: 'system',
  revectorized: 2,
  fma: widths.flatMap((bits) => [1, 2].map((threads) => ({ bits, threads, gflops: (50 * threads * bits) / 128 }))),
  bandwidth: widths.flatMap((bits) =>
    (['L1', 'L2', 'L3', 'memory'] as const).flatMap((level, i) =>
      [1, 2].map((threads) => {
        const read = [80, 40, 20, 10][i] * threads;
        return { level, bits, threads, bytes: 1024, read, write: read / 2, copy: read };
      }),
    ),
  ),
};

/** The ceilings of a machine that is `speed` times as fast. */
export const scaled = (speed: number): Ceilings => ({
  ...example,
  fma: example.fma.map((one) => ({ ...one, gflops: speed * one.gflops })),
  bandwidth: example.bandwidth.map((one) => {
    return { ...one, read: speed * one.read, write: speed * one.write, copy: speed * one.copy };
  }),
});
