/** What an editor has to know of a folder with kernels: the types of `nfold/contract`, and which files are AssemblyScript. */
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { packageRoot, programFile } from '../files/places.ts';
import { moduleOf } from './resolve.ts';

const options = {
  target: 'esnext',
  module: 'esnext',
  moduleResolution: 'bundler',
  lib: ['esnext'],
  types: [],
  strict: true,
  allowImportingTsExtensions: true,
  erasableSyntaxOnly: true,
  verbatimModuleSyntax: true,
  skipLibCheck: true,
  noEmit: true,
};

/**
 * The files by their names, for the folder `root`. An editor takes the nearest tsconfig.json, and there the project that has the file.
 * `isInstalled`: whether nfold is a package of that folder; else the files name the place where it lies.
 */
export function editorFiles(root: string, isInstalled = isPackageOf(root)): Readonly<Record<string, string>> {
  const from = (file: string) =>
    relative(root, file)
      .split(sep)
      .join('/')
      .replace(/^(?!\.)/, './');
  const modules = ['nfold', 'nfold/contract', 'nfold/draws'].map((name) => [name, [from(moduleOf(name) ?? '')]]);
  const paths = Object.fromEntries([...modules, ['nfold/ops/*', [from(programFile('baselines/*/op'))]]]);
  const kernels = {
    compilerOptions: isInstalled ? options : { ...options, paths },
    include: ['kernels', 'baselines'],
    exclude: ['**/*.as.ts'],
  };
  const assemblyScript = {
    extends: isInstalled ? 'nfold/assembly.json' : from(join(packageRoot, 'starters/assembly.json')),
    include: ['kernels/**/*.as.ts'],
  };
  const all = { files: [], references: [{ path: './tsconfig.kernels.json' }, { path: './tsconfig.as.json' }] };
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  return Object.fromEntries(
    Object.entries({ 'tsconfig.json': all, 'tsconfig.kernels.json': kernels, 'tsconfig.as.json': assemblyScript }).map(
      ([name, value]) => [join(root, name), json(value)],
    ),
  );
}

/** Whether a file in `root` that imports nfold gets this one. A store of packages has it behind a link. */
function isPackageOf(root: string): boolean {
  for (let folder = root; ; folder = dirname(folder)) {
    const found = join(folder, 'node_modules/nfold');
    if (existsSync(found)) return realpathSync(found) === realpathSync(packageRoot);
    if (folder === dirname(folder)) return false;
  }
}
