import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/slow/**'],
    setupFiles: ['test/support/plain.ts'],
    // Cells start processes and compile; nothing here passes or fails by how long it takes.
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
});
