/** The ops: every folder of baselines/ with an op.ts. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AnyOp } from '../contract/op.ts';
import type { Oracle } from '../contract/oracle.ts';
import { packageRoot } from '../files/places.ts';

const folder = join(packageRoot, 'baselines');

export function opNames(): string[] {
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'op.ts')))
    .sort();
}

async function load<T>(...path: string[]): Promise<T> {
  return (await import(pathToFileURL(join(folder, ...path)).href)).default;
}

export const loadOp = (name: string): Promise<AnyOp> => load(name, 'op.ts');
export const loadOracle = (name: string): Promise<Oracle> => load(name, 'oracle.ts');
export const baselineFile = (name: string): string => join(folder, name, 'baseline.ts');
