/**
 * Lets the ops of a user's folder import `nfold`, `nfold/contract` and the like wherever nfold lies: these names lead to this very nfold,
 * as they would from a folder that it is installed in.
 */
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { programFile } from '../files/places.ts';

/** What each name of the package stands for, as `exports` in package.json has it. */
export function moduleOf(specifier: string): string | null {
  if (specifier === 'nfold') return programFile('src/index');
  if (specifier === 'nfold/contract') return programFile('src/contract/index');
  if (specifier === 'nfold/draws') return programFile('baselines/draws');
  const [, op] = /^nfold\/ops\/(\w+)$/.exec(specifier) ?? [];
  return op === undefined ? null : programFile(`baselines/${op}/op`);
}

const known = 'nfold, nfold/contract, nfold/draws and nfold/ops/<op>';

let registered = false;

export function resolveOwnNames(): void {
  if (registered) return;
  registered = true;
  registerHooks({
    resolve(specifier, context, next) {
      const file = moduleOf(specifier);
      if (file !== null) return next(pathToFileURL(file).href, context);
      if (/^nfold\/(?!package\.json$|dist\/)/.test(specifier))
        throw new Error(`there is no '${specifier}', but ${known}`);
      return next(specifier, context);
    },
  });
}
