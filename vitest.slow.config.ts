import { defineConfig, mergeConfig } from 'vitest/config';
import usual from './vitest.config.ts';

/** What takes too long to be waited for at every change: many processes killed, many threads, small file systems. */
export default mergeConfig(
  { ...usual, test: { ...usual.test, include: [], exclude: [] } },
  defineConfig({
    // Cells spin while they wait for each other's threads: on two cores, three files at a time take three times as long each.
    test: {
      include: ['test/slow/**/*.test.ts'],
      maxWorkers: 2,
      isolate: true,
      testTimeout: 900_000,
      hookTimeout: 120_000,
    },
  }),
);
