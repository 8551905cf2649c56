import { defineConfig, mergeConfig } from 'vitest/config';
import usual from './vitest.config.ts';

/** What takes too long to be waited for at every change: many processes killed, many threads, small file systems. */
export default mergeConfig(
  { ...usual, test: { ...usual.test, include: [], exclude: [] } },
  defineConfig({
    // Three files at a time on two cores as well: most of them wait for processes.
    test: {
      include: ['test/slow/**/*.test.ts'],
      maxWorkers: 3,
      isolate: true,
      testTimeout: 900_000,
      hookTimeout: 120_000,
    },
  }),
);
