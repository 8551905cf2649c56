/** nfold as npm installs it: packed once, and run as a newcomer runs it, with the Node and npm of the system. */
import { spawnSync } from 'node:child_process';
import { cpSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, symlinkSync } from 'node:fs';
import { delimiter, dirname, join, relative } from 'node:path';
import { packageRoot } from '../../src/files/places.ts';

/** The environment of a shell that npm has not started: no Node of a node_modules first on its PATH. */
export const shellEnv: NodeJS.ProcessEnv = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(npm_(package|lifecycle|command|exec|node)|npm_config_local|INIT_CWD|NODE|NFOLD)/.test(name),
    ),
  ),
  PATH: (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'))
    .join(delimiter),
  NO_COLOR: '1',
  npm_config_update_notifier: 'false',
};

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function run(words: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Ran {
  const [command, ...args] = words;
  const options = { cwd, env: { ...shellEnv, ...env }, encoding: 'utf8', maxBuffer: 2 ** 26 } as const;
  const { status, stdout, stderr, error } = spawnSync(command, args, options);
  if (error) throw error;
  return { code: status, stdout, stderr };
}

/** Throws what npm says, for instance that no registry answers. */
function npm(args: readonly string[], cwd: string): Ran {
  const ran = run(['npm', ...args, '--no-audit', '--no-fund'], cwd);
  if (ran.code !== 0)
    throw new Error(`npm ${args.join(' ')} failed, which this test cannot do without:\n${ran.stderr}`);
  return ran;
}

/** The path of the tarball that `npm pack` makes. */
export function pack(folder: string, checkout = packageRoot): string {
  const { stdout } = npm(['pack', '--silent', '--pack-destination', folder], checkout);
  return join(folder, stdout.trim());
}

/** A copy of this checkout in the folder. Packing makes and removes dist/, so two packings at once need two trees. */
export function copyCheckout(folder: string): string {
  const copy = join(folder, 'checkout');
  const left = ['node_modules', '.git', '.nfold', 'dist', 'coverage'].map((name) => join(packageRoot, name));
  cpSync(packageRoot, copy, { recursive: true, filter: (file) => !left.includes(file) });
  symlinkSync(join(packageRoot, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

/** Paths in the tarball without its `package/`. */
export const filesIn = (tarball: string): string[] =>
  run(['tar', '-tzf', tarball], dirname(tarball))
    .stdout.trim()
    .split('\n')
    .map((path) => path.replace(/^package\//, ''));

/** A folder that has nothing but what `npm install` brings, and what that printed. */
export function install(tarball: string, folder: string, ...options: string[]): Ran {
  mkdirSync(folder, { recursive: true });
  return npm(['install', '--prefer-offline', ...options, tarball], folder);
}

/** Packages that an installation has, by their path: `node_modules/zod`. */
export const packagesIn = (folder: string): string[] =>
  Object.keys(JSON.parse(readFileSync(join(folder, 'node_modules/.package-lock.json'), 'utf8')).packages);

export function bytesIn(folder: string): number {
  const all = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return all.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}

/** A user's own kernel, op and program. */
export const addOwn = (folder: string): void =>
  cpSync(join(packageRoot, 'test/fixtures/own'), folder, { recursive: true });

/**
 * Rearranges an installation as pnpm lays one out: each package in a store, beside links to those that it names as dependencies, and
 * in node_modules a link to nfold alone.
 */
export function intoStore(folder: string): void {
  const top = join(folder, 'node_modules');
  const home = (name: string) => join(top, '.store', name.replace('/', '+'), 'node_modules', name);
  // Relative, so that the folder can be moved.
  const beside = (target: string, path: string) => link(relative(dirname(path), target), path);
  const names = packagesIn(folder).map((path) => path.replace(/^node_modules\//, ''));
  for (const name of names) {
    mkdirSync(dirname(home(name)), { recursive: true });
    renameSync(join(top, name), home(name));
  }
  for (const name of names) {
    const named = JSON.parse(readFileSync(join(home(name), 'package.json'), 'utf8'));
    const others = { ...named.dependencies, ...named.optionalDependencies, ...named.peerDependencies };
    for (const other of Object.keys(others)) {
      if (names.includes(other)) beside(home(other), join(home(name).slice(0, -name.length), other));
    }
  }
  beside(home('nfold'), join(top, 'nfold'));
}

export function link(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  if (!lstatSync(path, { throwIfNoEntry: false })) symlinkSync(target, path);
}
