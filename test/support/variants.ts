/** Kernels of the test folders as variants: built like candidates, but free to import the code that they bend. */
import { join } from 'node:path';
import { bundle } from '../../src/build/sources.ts';
import { asScript } from '../../src/compiler/bundle.ts';
import type { Variant } from '../../src/contract/variant.ts';
import { packageRoot } from '../../src/files/places.ts';

export async function variantFrom(file: string): Promise<Variant> {
  const path = join(packageRoot, 'test', file);
  const code = await asScript((await bundle(path, packageRoot)).code);
  return { id: file.replace(/\.ts$/, ''), flags: [], threads: 'one', artifact: async () => ({ kind: 'js', code }) };
}
