/** A new op, from the example in starters/: its contract, its baseline and its oracle. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nameFault } from '../catalog/ops.ts';
import { NfoldError } from '../contract/errors.ts';
import { look } from '../files/given.ts';
import { packageRoot, shown, workspace } from '../files/places.ts';

const example = 'rmsnorm_forward';

/** The texts of its files by name. Throws NfoldError if an op cannot be called that. */
export function opTexts(name: string): [string, string][] {
  const fault = nameFault(name);
  if (fault !== null) throw new NfoldError(`A new op cannot be called '${name}': ${fault}.`);
  const folder = join(workspace().root, 'baselines', name);
  if (typeof look(folder) !== 'string')
    throw new NfoldError(`${shown(folder)} is there already, and nothing is overwritten: choose another name.`);
  return ['op.ts', 'baseline.ts', 'oracle.ts'].map((part) => {
    return [part, readFileSync(join(packageRoot, 'starters', example, part), 'utf8').replaceAll(example, name)];
  });
}
