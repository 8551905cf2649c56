import { defineConfig, mergeConfig } from 'vitest/config';
import usual from './vitest.config.ts';

/** What takes too long to be waited for at every change: many processes killed, many threads, small file systems. */
export default mergeConfig(
  { ...usual, test: { ...usual.test, include: [], exclude: [] } },
  defineConfig({
    // No more on two cores: with two others beside it, the newcomer's file took three times as long as alone.
    test: {
      include: ['test/slow/**/*.test.ts'],
      globalSetup: ['test/support/shared.ts'],
      maxWorkers: 3,
      isolate: true,
      testTimeout: 900_000,
      hookTimeout: 120_000,
    },
  }),
);
