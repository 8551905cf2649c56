/** The ops: every folder of baselines/ with an op.ts. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AnyOp } from '../contract/op.ts';
import type { Oracle } from '../contract/oracle.ts';
import { packageRoot } from '../files/places.ts';

const folder = join(packageRoot, 'baselines');

/** All ops by name, sorted. */
export function opNames(): string[] {
  return readdirSync(folder)
    .filter((name) => existsSync(opFile(name)))
    .sort();
}

async function load<T>(file: string): Promise<T> {
  return (await import(pathToFileURL(file).href)).default;
}

export const opFile = (name: string): string => join(folder, name, 'op.ts');
export const baselineFile = (name: string): string => join(folder, name, 'baseline.ts');
export const loadOp = (name: string): Promise<AnyOp> => load(opFile(name));
export const loadOracle = (name: string): Promise<Oracle> => load(join(folder, name, 'oracle.ts'));
