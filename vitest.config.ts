import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take longest go first, so that none of them is the last one, with a CPU idle beside it. */
const longest =
  'mutation browser pack fleet cli watch honest library plain-c newcomer small-disks score package kill together signals new threads c example output json cli lm-ops step false-rejections profile revectorized measure train growth environment tune isolation'.split(
    ' ',
  );

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const found = longest.indexOf(basename(moduleId, '.test.ts'));
      return found < 0 ? longest.length : found;
    };
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  // An op of a user's folder imports these names, which src/catalog/resolve.ts explains to Node.
  resolve: {
    alias: [
      { find: /^nfold$/, replacement: here('src/index.ts') },
      { find: /^nfold\/contract$/, replacement: here('src/contract/index.ts') },
      { find: /^nfold\/draws$/, replacement: here('baselines/draws.ts') },
      { find: /^nfold\/ops\/(\w+)$/, replacement: `${here('baselines')}/$1/op.ts` },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/slow/**'],
    setupFiles: ['test/support/plain.ts'],
    // Four at least: a test waits for its processes most of the time.
    maxWorkers: Math.max(4, availableParallelism() - 1),
    // One process for many files, so that each module is loaded once: no test leaves anything behind in one.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    // Cells start processes and compile; nothing here passes or fails by how long it takes.
    testTimeout: 300_000,
    hookTimeout: 120_000,
    // `npm run coverage`, without the tests that verify many kernels, which V8 slows by a factor while it counts. What runs in a cell and in the compiler's process is bundled or not ours to watch, and counts as not covered.
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['src/cell/{main,thread}.ts', 'src/compiler/compiler.ts'],
      reporter: ['text-summary', 'text', 'html'],
      reportsDirectory: 'coverage',
    },
  },
});
