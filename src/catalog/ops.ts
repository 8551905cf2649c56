/** The ops: every folder of baselines/ with an op.ts, in nfold's own folder and in the user's. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { suites } from '../../bench/suites.ts';
import { messageOf, NfoldError } from '../contract/errors.ts';
import type { AnyOp } from '../contract/op.ts';
import type { Oracle } from '../contract/oracle.ts';
import { namesIn } from '../files/given.ts';
import { packageRoot, programFile, shown, workspace } from '../files/places.ts';
import { complaintAbout } from './opShape.ts';
import { resolveOwnNames } from './resolve.ts';

const parts = ['op.ts', 'baseline.ts', 'oracle.ts'] as const;

/** An op of the user's folder that cannot be one, and why. */
interface OddOp {
  readonly file: string;
  readonly message: string;
}

const opsBelow = (root: string): readonly string[] =>
  [namesIn(join(root, 'baselines'))]
    .flat()
    .filter((name) => parts.some((part) => existsSync(join(root, 'baselines', name, part))));

const builtIn: readonly string[] = opsBelow(packageRoot);

export const isBuiltIn = (name: string): boolean => builtIn.includes(name);

const isOwnRoot = () => workspace().root !== packageRoot;

/** All ops by name, sorted. */
export function opNames(): string[] {
  const own = isOwnRoot() ? opsBelow(workspace().root) : [];
  return [...new Set([...builtIn, ...own.filter((name) => oddityOf(name) === null)])].sort();
}

/** The folders in the user's baselines/ that look like an op and are none. */
export function oddOps(): OddOp[] {
  if (!isOwnRoot()) return [];
  return opsBelow(workspace().root).flatMap((name) => {
    const message = oddityOf(name);
    return message === null ? [] : { file: join(workspace().root, 'baselines', name), message };
  });
}

function oddityOf(name: string): string | null {
  const folder = join(workspace().root, 'baselines', name);
  const fault = nameFault(name);
  if (fault !== null) return `${fault}: rename the folder`;
  const missing = parts.filter((part) => !existsSync(join(folder, part)));
  return missing.length === 0 ? null : `the op lacks ${missing.join(' and ')}`;
}

/** Why an op of the user cannot have this name, or null. */
export function nameFault(name: string): string | null {
  if (!/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name))
    return `The name '${name}' should be lower-case words and digits joined by '_', like rmsnorm_forward`;
  if (builtIn.includes(name)) return `${name} is the name of one of nfold's own ops`;
  if (suites.some((suite) => suite.name === name)) return `${name} is the name of a suite`;
  return name === 'common' ? 'common is the folder of what kernels share' : null;
}

/** The folder that has baselines/<name>/. */
const rootOf = (name: string) => (builtIn.includes(name) ? packageRoot : workspace().root);

/** Where code is compiled, nfold's own ops are too. */
function programOf(name: string, part: 'op' | 'oracle'): string {
  const path = `baselines/${name}/${part}`;
  return builtIn.includes(name) ? programFile(path) : join(workspace().root, `${path}.ts`);
}

export const opFile = (name: string): string => join(rootOf(name), 'baselines', name, 'op.ts');
export const baselineFile = (name: string): string => join(rootOf(name), 'baselines', name, 'baseline.ts');

/** Throws NfoldError for a user's op that does not load or breaks the contract. */
export async function loadOp(name: string): Promise<AnyOp> {
  const op: AnyOp = await load(programOf(name, 'op'));
  const complaint = builtIn.includes(name) ? null : complaintAbout(op, name);
  if (complaint === null) return op;
  throw new NfoldError(`${shown(opFile(name))} ${complaint}.`);
}

/** Throws NfoldError for a user's oracle that does not load. */
export async function loadOracle(name: string): Promise<Oracle> {
  const file = programOf(name, 'oracle');
  const oracle: Oracle = await load(file);
  if (typeof oracle?.truths === 'function') return oracle;
  throw new NfoldError(`${shown(file)} should export default { truths }, which returns the outputs in f64.`);
}

async function load<T>(file: string): Promise<T> {
  resolveOwnNames(dirname(dirname(file)));
  try {
    return (await import(pathToFileURL(file).href)).default;
  } catch (error) {
    if (file.startsWith(packageRoot) && !isOwn(file)) throw error;
    throw new NfoldError(`${shown(file)} does not load: ${messageOf(error)}.`);
  }
}

const isOwn = (file: string) => isOwnRoot() && file.startsWith(join(workspace().root, 'baselines'));
