/** What a page in a browser can import: analysis, statistics and the record's schema reach neither Node's modules nor its globals. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { packageRoot } from '../src/files/places.ts';

const folders = ['src/analysis', 'src/stats'];
const files = folders.flatMap((folder) => readdirSync(join(packageRoot, folder)).map((name) => join(folder, name)));

test.each([
  ...files,
  'src/records/schema.ts',
  'src/records/upgrade.ts',
  'src/machine/roofline.ts',
  'src/report/warnings.ts',
])('%s is pure', async (file) => {
  const own = { bundle: true, write: false, format: 'esm', metafile: true, logLevel: 'silent' } as const;
  const entryPoints = [join(packageRoot, file)];
  // Fails for a module of Node, in a package as well.
  await build({ ...own, entryPoints, platform: 'browser' });
  const { outputFiles, metafile } = await build({ ...own, entryPoints, packages: 'external', minifyWhitespace: true });
  expect(Object.values(metafile.inputs).flatMap(({ imports }) => imports.map(({ path }) => path))).not.toContainEqual(
    expect.stringMatching(/^node:/),
  );
  expect(outputFiles[0].text).not.toMatch(/\b(process|Buffer|require|__dirname)\b[.([]/);
});
