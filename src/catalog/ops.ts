/** The ops: every folder of baselines/ with an op.ts, in nfold's own folder and in the user's. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { TransformFailure } from 'esbuild';
import { suites } from '../../bench/suites.ts';
import { messageOf, NfoldError } from '../contract/errors.ts';
import type { AnyOp } from '../contract/op.ts';
import type { Oracle } from '../contract/oracle.ts';
import { contentOf, namesIn } from '../files/given.ts';
import { packageRoot, programFile, shown, workspace } from '../files/places.ts';
import { guardOp, guardOracle, thrownAt } from './guard.ts';
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

/** All ops by name, sorted, and the folders in the user's baselines/ that look like an op and are none. */
export function findOps(): { readonly names: readonly string[]; readonly odd: readonly OddOp[] } {
  const { root } = workspace();
  const found = (root === packageRoot ? [] : opsBelow(root)).map((name) => ({ name, message: oddityOf(name) }));
  const own = found.flatMap(({ name, message }) => (message === null ? name : []));
  const odd = found.flatMap(({ name, message }) =>
    message === null ? [] : { file: join(root, 'baselines', name), message },
  );
  return { names: [...builtIn, ...own].sort(), odd };
}

export const opNames = (): readonly string[] => findOps().names;

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
    return "its name should be lower-case words and digits joined by '_', like rmsnorm_forward";
  if (builtIn.includes(name)) return "one of nfold's own ops has this name";
  if (suites.some((suite) => suite.name === name)) return 'a suite has this name';
  return name === 'common' ? 'what kernels share lies in folders of this name' : null;
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

/** Whether an op is the user's, in a folder of the user's or in a checkout: all others are in a suite. */
export const isOwn = (name: string): boolean => !suites.some(({ ops }) => ops.includes(name));

/** Throws NfoldError for a user's op that does not load or breaks the contract. */
export async function loadOp(name: string): Promise<AnyOp> {
  const op: AnyOp = await load(name, 'op');
  if (!isOwn(name)) return op;
  const file = opFile(name);
  const guarded = typeof op === 'object' && op !== null ? onceGuarded(op, file) : op;
  const complaint = complaintAbout(guarded, name);
  if (complaint === null) return guarded;
  throw new NfoldError(`${shown(file)} ${complaint}.`);
}

const guards = new WeakMap<AnyOp, AnyOp>();

/** One guard for an op, so that what is kept for the op is found again. */
function onceGuarded(op: AnyOp, file: string): AnyOp {
  const guarded = guards.get(op) ?? guardOp(op, file);
  guards.set(op, guarded);
  return guarded;
}

/** Throws NfoldError for a user's oracle that does not load. */
export async function loadOracle(name: string): Promise<Oracle> {
  const oracle: Oracle = await load(name, 'oracle');
  if (!isOwn(name)) return oracle;
  const file = join(dirname(opFile(name)), 'oracle.ts');
  if (typeof oracle?.truths === 'function') return guardOracle(oracle, await loadOp(name), file);
  throw new NfoldError(`${shown(file)} should export default { truths }, which returns the outputs in f64.`);
}

async function load<T>(name: string, part: 'op' | 'oracle'): Promise<T> {
  const file = programOf(name, part);
  resolveOwnNames(dirname(dirname(file)));
  try {
    return (await import(pathToFileURL(file).href)).default;
  } catch (error) {
    if (!isOwn(name)) throw error;
    throw new NfoldError((await faultIn(file)) ?? `${thrownAt(error, file)} does not load: ${messageOf(error)}.`);
  }
}

/** The first mistake in the grammar of a file, and its place; null if there is none. */
async function faultIn(file: string): Promise<string | null> {
  const content = contentOf(file);
  if (typeof content === 'string') return `${shown(file)} ${content}.`;
  const { transform } = await import('esbuild');
  const failure = await transform(content, { loader: 'ts', logLevel: 'silent' }).then(
    () => null,
    ({ errors }: TransformFailure) => errors[0],
  );
  if (!failure) return null;
  const { line = 1, column = 0 } = failure.location ?? {};
  return `${shown(file)}:${line}:${column + 1} does not load: ${failure.text}.`;
}
