/** nfold as npm installs it: packed once, and run as a newcomer runs it, with the Node and npm of the system. */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { delimiter, dirname, join, relative } from 'node:path';
import { inject } from 'vitest';
import { packageRoot } from '../../src/files/places.ts';
import { writeNew, writeWhole } from '../../src/files/write.ts';
import { until } from './processes.ts';

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
    throw new Error(`npm ${args.join(' ')} failed, which this test cannot do without:\n${ran.stdout}${ran.stderr}`);
  return ran;
}

/** What several files of a run of tests need and the first that asks makes, while others wait: as JSON, below the folder that all share. */
async function once<T>(name: string, make: () => T): Promise<T> {
  const file = join(inject('shared'), `${name}.json`);
  if (writeNew(`${file}.begun`, '')) {
    try {
      writeWhole(file, JSON.stringify({ made: make() }));
    } catch (error) {
      writeWhole(file, JSON.stringify({ failed: (error as Error).message }));
    }
  }
  await until(() => existsSync(file));
  const { made, failed } = JSON.parse(readFileSync(file, 'utf8'));
  if (failed !== undefined) throw new Error(failed);
  return made;
}

/** What a build could leave behind in the checkout; other tests have their own folders. */
export const tree = (): string[] => readdirSync(packageRoot).filter((name) => name !== '.nfold' && name !== 'coverage');

export interface Packed {
  /** Path of what `npm pack` made. */
  readonly tarball: string;
  /** The checkout before, apart from what an interrupted build may have left, and after. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** Packing makes and removes dist/ in the checkout, so that only one may pack. */
export const packed = (): Promise<Packed> =>
  once('packed', () => {
    const before = tree().filter((name) => name !== 'dist');
    const { stdout } = npm(['pack', '--silent', '--pack-destination', inject('shared')], packageRoot);
    return { tarball: join(inject('shared'), stdout.trim()), before, after: tree() };
  });

/** Makes a folder that has nothing but what `npm install` brings, and returns what that printed. Its files are links to those of one installation. */
export async function installed(folder: string): Promise<Ran> {
  const { tarball } = await packed();
  const first = join(inject('shared'), 'installed');
  const ran = await once('installed', () => install(tarball, first));
  mkdirSync(dirname(folder), { recursive: true });
  const copied = run(['cp', '-RPl', first, folder], dirname(folder));
  if (copied.code !== 0) throw new Error(copied.stderr);
  return ran;
}

/** Paths in the tarball without its `package/`. */
export const filesIn = (tarball: string): string[] =>
  run(['tar', '-tzf', tarball], dirname(tarball))
    .stdout.trim()
    .split('\n')
    .map((path) => path.replace(/^package\//, ''));

/** A folder that has nothing but what `npm install` brings, and what that printed; its files are its own. */
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
